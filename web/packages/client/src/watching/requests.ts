// The machine's requests in the words of playback's API.

import type { Client } from 'openapi-fetch'
import { result } from '../answers.js'
import type { paths } from '../generated/playback.js'
import type { Request, WatchState } from './protocol.js'

/** Where somebody watches. It spares whoever comes back the question about "another place". */
export interface Place {
  /** The newest token that this place was given. */
  token: string | null
  /** A random name of the device, which stays. */
  device: string
}

/** Sends one request for a course. Throws Problem. */
export function send(
  api: Client<paths>,
  courseId: string,
  request: Request,
  place: Place,
  signal?: AbortSignal,
): Promise<WatchState> {
  if (request.kind === 'start') {
    const body = { course_id: courseId, take_over: request.takeOver, new_attempt: request.newAttempt, ...place }
    const params = { header: { 'Idempotency-Key': request.key } }
    return result(api.POST('/v1/playback/sessions', { params, body, signal }))
  }
  if (request.kind === 'confirm') {
    const { token, nonce, choice } = request
    return result(api.POST('/v1/playback/confirmations', { body: { token, nonce, choice }, signal }))
  }
  const body = { token: request.token, position_ms: request.positionMs }
  if (request.kind === 'pause') return result(api.POST('/v1/playback/pauses', { body, signal }))
  return result(api.POST('/v1/playback/beats', { body, signal }))
}
