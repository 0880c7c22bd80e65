// The machine's requests, sent to the playback service.

import { orders, result, watching } from '../api/client'
import { asProblem, type Problem } from '../api/problem'
import { keepToken, thisPlace } from './place'
import type { Outcome, Request } from './protocol'
import { send } from './requests'

/** A grant of the lecture's files lasts five minutes; asking a minute early leaves room for a slow network. */
const RENEW_AFTER_MS = 4 * 60_000

let openedAt = -Infinity

/** Opens the lecture's files to this session: the answer sets the cookies that the media requests carry. */
async function openMedia(token: string): Promise<void> {
  await result(watching.POST('/v1/playback/media-grants', { body: { token } }))
  openedAt = performance.now()
}

function renewMedia(token: string): void {
  // A renewal that fails is tried again after the next answer; what is buffered plays on meanwhile.
  if (performance.now() - openedAt > RENEW_AFTER_MS) openMedia(token).catch(() => undefined)
}

/** Sends one request for a course; what happened to it is the answer, never an exception. */
export async function sendTo(courseId: string, request: Request, withinMs: number): Promise<Outcome<Problem>> {
  try {
    const state = await send(watching, courseId, request, thisPlace(), AbortSignal.timeout(withinMs))
    keepToken(state.token)
    if (request.kind === 'start') await openMedia(state.token)
    else if (request.kind !== 'pause') renewMedia(state.token)
    return { kind: 'accepted', state }
  } catch (thrown) {
    const problem = asProblem(thrown)
    return problem.status === 0 ? { kind: 'unanswered' } : { kind: 'refused', problem }
  }
}

/** Whether orders says that the learner has the course. When that cannot be asked, playback alone decides. */
export async function isEntitled(courseId: string): Promise<boolean> {
  const params = { path: { course_id: courseId } }
  const found = await result(orders.GET('/v1/orders/courses/{course_id}/state', { params })).catch(() => null)
  return found?.state === 'owned'
}
