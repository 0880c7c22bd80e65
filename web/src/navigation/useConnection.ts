// Whether there is a connection, and the page that could not be opened without one: it opens once there is.

import { onScopeDispose, ref, shallowRef } from 'vue'
import { useRouter, type RouteLocationNormalized } from 'vue-router'

/** A line can be there and lead nowhere, of which the browser tells nothing. */
const AGAIN_MS = 10_000

export const online = ref(navigator.onLine)
/** Where somebody wants to be whose page did not come. */
export const unreached = shallowRef<RouteLocationNormalized | null>(null)

/** To be called once, while the shell is set up. */
export function followConnection(): { retry: () => void } {
  const router = useRouter()

  function retry(): void {
    const to = unreached.value
    // The place is where the page failed to come, so going there again has to replace it.
    if (to) void router.replace({ path: to.path, query: to.query, hash: to.hash, force: true }).catch(() => undefined)
  }

  const changed = (): void => {
    online.value = navigator.onLine
    if (online.value) retry()
  }
  window.addEventListener('online', changed)
  window.addEventListener('offline', changed)
  const timer = setInterval(() => online.value && retry(), AGAIN_MS)
  const ends = [
    // A page's code that does not come is a TypeError, its style has vite's words; anything else is a mistake of ours.
    router.onError((error: Error, to) => {
      if (error instanceof TypeError || error.message.startsWith('Unable to preload')) unreached.value = to
    }),
    router.afterEach((_to, _from, failure) => {
      if (!failure) unreached.value = null
    }),
  ]
  onScopeDispose(() => {
    window.removeEventListener('online', changed)
    window.removeEventListener('offline', changed)
    clearInterval(timer)
    for (const end of ends) end()
  })
  return { retry }
}
