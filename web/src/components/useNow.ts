import { onBeforeUnmount, ref, type Ref } from 'vue'

const SECOND_MS = 1_000

/** The present instant, milliseconds since 1970, once a second while the page is there. */
export function useNow(): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), SECOND_MS)
  onBeforeUnmount(() => clearInterval(timer))
  return now
}
