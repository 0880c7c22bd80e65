// A player's way to the services: what its session needs besides the media.

import { newKey, result } from '../answers.js'
import type { Api } from '../client.js'
import { asProblem, type Problem } from '../problem.js'
import type { Outcome, Request } from './protocol.js'
import { send, type Place } from './requests.js'
import type { Ports } from './session.js'

/** A grant of the lecture's files lasts five minutes; asking a minute early leaves room for a slow network. */
const RENEW_AFTER_MS = 4 * 60_000

/** The ports of a session that watches a course here; `place.token` is kept up to date. */
export function network(api: Api, courseId: string, place: Place): Omit<Ports<Problem>, 'media' | 'changed'> {
  const files = new Files(api)
  return {
    send: (request, withinMs) => sendTo(api, files, courseId, place, request, withinMs),
    now: () => performance.now(),
    random: Math.random,
    newKey,
  }
}

/** Whether orders says that the learner has the course. When that cannot be asked, playback alone decides. */
export async function isEntitled(api: Api, courseId: string): Promise<boolean> {
  const params = { path: { course_id: courseId } }
  const found = await result(api.orders.GET('/v1/orders/courses/{course_id}/state', { params })).catch(() => null)
  return found?.state === 'owned'
}

/** Sends one request for a course; what happened to it is the answer, never an exception. */
async function sendTo(
  api: Api,
  files: Files,
  courseId: string,
  place: Place,
  request: Request,
  withinMs: number,
): Promise<Outcome<Problem>> {
  try {
    const state = await send(api.watching, courseId, request, place, AbortSignal.timeout(withinMs))
    place.token = state.token
    if (request.kind === 'start') await files.open(state.token)
    else if (request.kind !== 'pause') files.renew(state.token)
    return { kind: 'accepted', state }
  } catch (thrown) {
    const problem = asProblem(thrown)
    return problem.status === 0 ? { kind: 'unanswered' } : { kind: 'refused', problem }
  }
}

/** The lecture's files, open to the session that is live. */
class Files {
  private openedAt = -Infinity

  constructor(private readonly api: Api) {}

  /** Opens them: the answer sets the cookies that the media requests carry. */
  async open(token: string): Promise<void> {
    await result(this.api.watching.POST('/v1/playback/media-grants', { body: { token } }))
    this.openedAt = performance.now()
  }

  /** Opens them again in time. */
  renew(token: string): void {
    // A renewal that fails is tried again after the next answer; what is buffered plays on meanwhile.
    if (performance.now() - this.openedAt > RENEW_AFTER_MS) this.open(token).catch(() => undefined)
  }
}
