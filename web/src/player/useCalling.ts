// Calls the learner to a prompt that waits where nobody looks: a sound, unless the lecture is muted, and a notification
// where they are allowed. Nothing hurries: a prompt has no time limit.

import { computed, onBeforeUnmount, onMounted, ref, watch } from 'vue'
import { dismissNotification, notify } from './notification'
import { chime } from './chime'

const AGAIN_AFTER_MS = 20_000
const TIMES = 4

export interface Calling {
  /** Whether a prompt waits. */
  waiting: () => boolean
  /** Whether the lecture is seen elsewhere than on the page, as in a picture in picture. */
  elsewhere: () => boolean
  muted: () => boolean
  title: () => string
  text: () => string
}

export function useCalling({ waiting, elsewhere, muted, title, text }: Calling): void {
  const hidden = ref(document.hidden)
  const calling = computed(() => waiting() && (hidden.value || elsewhere()))
  let timer: ReturnType<typeof setTimeout> | undefined

  function sound(times: number): void {
    if (!muted()) chime()
    if (times > 1) timer = setTimeout(() => sound(times - 1), AGAIN_AFTER_MS)
  }

  const looked = (): void => void (hidden.value = document.hidden)
  watch(calling, (calls) => {
    clearTimeout(timer)
    if (!calls) return dismissNotification()
    sound(TIMES)
    notify(title(), text())
  })
  onMounted(() => document.addEventListener('visibilitychange', looked))
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', looked)
    clearTimeout(timer)
    if (calling.value) dismissNotification()
  })
}
