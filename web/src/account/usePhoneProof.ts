import { computed, nextTick, ref, type Ref } from 'vue'
import { credits, result } from '../api/client'
import type { Problem } from '../api/problem'
import { useAction } from '../components/useForm'
import { digits } from './digits'
import { phoneNumber } from './phones'
import { useSentCode } from './useSentCode'

/** What proves a number, as the service takes it. */
export interface PhoneProof {
  phone: string
  code_id: string
  code: string
  further_proof?: string
  not_mine: boolean
}

/** A form that proves a number: first the number, then its code, then perhaps what else the service asks for. */
export function usePhoneProof(use: (proof: PhoneProof) => Promise<void>) {
  const typed = ref('')
  const code = ref('')
  const further = ref('')
  const notMine = ref(false)
  const { sent, left, ask } = useSentCode((phone, device) =>
    result(credits.POST('/v1/credits/identities/phone-codes', { body: { phone, device } })),
  )
  const number = computed(() => phoneNumber(typed.value))
  const sending = useAction(async () => {
    if (number.value) await ask(number.value)
  })

  async function proceed(tried: Ref<boolean>): Promise<void> {
    if (!sent.value) {
      if (number.value) await ask(number.value)
      tried.value = false
      await nextTick()
      document.querySelector<HTMLElement>('[data-code]')?.focus()
      return
    }
    const { id, target } = sent.value
    await use({
      phone: target,
      code_id: id,
      code: digits(code.value),
      ...(further.value.trim() && !notMine.value ? { further_proof: further.value.trim() } : {}),
      not_mine: notMine.value,
    })
  }

  function otherNumber(): void {
    sent.value = null
    code.value = further.value = ''
    notMine.value = false
  }

  return { typed, code, further, notMine, number, sent, left, sending, proceed, otherNumber }
}

/** Whether a refusal asks for more than the code. */
export function isDoubt(problem: Problem | null): problem is Problem {
  return problem?.code === 'NUMBER_IN_DOUBT' || problem?.code === 'FURTHER_PROOF_WRONG'
}
