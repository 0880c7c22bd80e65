// How many notices, and how many enquiries with an answer, the learner has not read: asked for when somebody signs in
// and as they move about.

import { ref, watch } from 'vue'
import { useRouter } from 'vue-router'
import { credits, editing, result } from '../api/client'
import { isLearner } from '../api/session'

const AGAIN_AFTER_MS = 60_000

export const unread = ref(0)
export const answers = ref(0)
let askedAt = -Infinity

async function ask(): Promise<void> {
  if (!isLearner.value || performance.now() - askedAt < AGAIN_AFTER_MS) return
  askedAt = performance.now()
  // Only a number beside a bell: without an answer it stays as it was.
  await Promise.all([
    result(credits.GET('/v1/credits/notices/unread'))
      .then((found) => isLearner.value && (unread.value = found.unread))
      .catch(() => undefined),
    countAnswers(),
  ])
}

/** Asks again, such as after an answer was read. */
export async function countAnswers(): Promise<void> {
  const found = await result(editing.GET('/v1/catalog/unread-answers')).catch(() => null)
  if (found && isLearner.value) answers.value = found.enquiries
}

/** To be called once, while the shell is set up. */
export function followUnread(): void {
  watch(
    isLearner,
    (learner, before) => {
      // Whoever signs in here next is told nothing of this one.
      if (before && !learner) void import('./device').then(({ turnOff }) => turnOff()).catch(() => undefined)
      unread.value = answers.value = 0
      askedAt = -Infinity
      void ask()
    },
    { immediate: true },
  )
  useRouter().afterEach(() => void ask())
}
