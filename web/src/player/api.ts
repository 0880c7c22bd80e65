// The machine's requests, sent to the playback service.

import { orders, result, watching } from '../api/client'
import { asProblem, type Problem } from '../api/problem'
import type { Outcome, Request, WatchState } from './protocol'

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
export async function sendTo(courseId: string, request: Request): Promise<Outcome<Problem>> {
  try {
    const state = await send(courseId, request)
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

function send(courseId: string, request: Request): Promise<WatchState> {
  if (request.kind === 'start') {
    const body = { course_id: courseId, take_over: request.takeOver, new_attempt: request.newAttempt }
    const params = { header: { 'Idempotency-Key': request.key } }
    return result(watching.POST('/v1/playback/sessions', { params, body }))
  }
  if (request.kind === 'confirm') {
    const { token, nonce, choice } = request
    return result(watching.POST('/v1/playback/confirmations', { body: { token, nonce, choice } }))
  }
  const body = { token: request.token, position_ms: request.positionMs }
  if (request.kind === 'pause') return result(watching.POST('/v1/playback/pauses', { body }))
  return result(watching.POST('/v1/playback/beats', { body }))
}
