// How many notices the learner has not read: asked for when somebody signs in and as they move about.

import { ref, watch } from 'vue'
import { credits, result } from '../api/client'
import { isLearner } from '../api/session'
import { router } from '../router'

const AGAIN_AFTER_MS = 60_000

export const unread = ref(0)
let askedAt = -Infinity

async function ask(): Promise<void> {
  if (!isLearner.value || performance.now() - askedAt < AGAIN_AFTER_MS) return
  askedAt = performance.now()
  // Only a number beside a bell: without an answer it stays as it was.
  const found = await result(credits.GET('/v1/credits/notices/unread')).catch(() => null)
  if (found && isLearner.value) unread.value = found.unread
}

/** To be called once, by the shell. */
export function followUnread(): void {
  watch(
    isLearner,
    () => {
      unread.value = 0
      askedAt = -Infinity
      void ask()
    },
    { immediate: true },
  )
  router.afterEach(() => void ask())
}
