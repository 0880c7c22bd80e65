// The four APIs, typed from the OpenAPI documents that the services' own handlers declare.

import createClient from 'openapi-fetch'
import type { paths as CatalogPaths } from './generated/catalog'
import type { paths as CreditsPaths } from './generated/credits'
import type { paths as OrdersPaths } from './generated/orders'
import type { paths as PlaybackPaths } from './generated/playback'
import { Problem } from './problem'
import { repeating } from './repeat'
import { accessToken, renewed } from './session'
import { timed } from './timed'

/** Sends with the learner's token, renewing it once when the gateway no longer takes it. */
async function authorized(request: Request): Promise<Response> {
  const again = request.clone()
  const response = await timed(withToken(request, await accessToken()))
  if (response.status !== 401) return response
  const token = await renewed()
  return token === null ? response : timed(withToken(again, token))
}

function withToken(request: Request, token: string | null): Request {
  if (token !== null) request.headers.set('Authorization', `Bearer ${token}`)
  return request
}

const options = { fetch: repeating(authorized) }

export const catalog = createClient<CatalogPaths>({ fetch: repeating(timed) })
/** The catalogue with the caller's token: what editors see and do. */
export const editing = createClient<CatalogPaths>(options)
export const orders = createClient<OrdersPaths>(options)
export const playback = createClient<PlaybackPaths>(options)
export const credits = createClient<CreditsPaths>(options)
/** For a call that creates something and needs no key: the service answers the same content with what is there. */
export const sentAgain = { fetch: repeating(authorized, () => true) }
/**
 * What the player sends: its own machine decides what is sent again and when. `keepalive`: what is under way when the
 * page is closed is still delivered. Browsers refuse it for bodies above 64 kB, which statements and results can have.
 */
export const watching = createClient<PlaybackPaths>({ fetch: authorized, keepalive: true })

export interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The answer's body. Throws Problem. */
export async function result<T>(answering: Promise<Answer<T>>): Promise<T> {
  const answer = await answering.catch((thrown: unknown) => {
    throw thrown instanceof Problem ? thrown : Problem.network()
  })
  if (answer.response.ok && answer.data !== undefined) return answer.data
  throw Problem.of(answer.response.status, answer.error)
}

/** A key of its own for an action that creates something. */
export function newKey(): string {
  return crypto.randomUUID()
}
