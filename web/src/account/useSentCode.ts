import { computed, ref, shallowRef } from 'vue'
import { useNow } from '../components/useNow'
import { deviceId } from './device'

/** What is known of a code that was sent: its id, and to whom. */
export interface SentCode {
  id: string
  target: string
}

interface Sent {
  code_id: string
  resend_s: number
}

/** A code that is sent to a number or an address, and when the next may be asked for. */
export function useSentCode(send: (target: string, device: string) => Promise<Sent>) {
  const sent = shallowRef<SentCode | null>(null)
  const again = ref(0)
  const now = useNow()
  const left = computed(() => Math.max(0, Math.ceil((again.value - now.value) / 1000)))

  async function ask(target: string): Promise<void> {
    const answer = await send(target, deviceId())
    sent.value = { id: answer.code_id, target }
    again.value = Date.now() + answer.resend_s * 1000
    now.value = Date.now()
  }

  return { sent, left, ask }
}
