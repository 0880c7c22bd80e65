// The four APIs, typed from the OpenAPI documents that the services' own handlers declare.

import createClient from 'openapi-fetch'
import type { paths as CatalogPaths } from './generated/catalog'
import type { paths as CreditsPaths } from './generated/credits'
import type { paths as OrdersPaths } from './generated/orders'
import type { paths as PlaybackPaths } from './generated/playback'
import { Problem } from './problem'
import { accessToken, renewed } from './session'

/** As long as the gateway waits for a function that starts cold: an answer that is still coming is waited for. */
const TIMEOUT_MS = 30_000

/** No request waits for ever. */
function timed(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) })
}

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

// `keepalive`: a request that is under way when the page is closed is still delivered.
const options = { fetch: authorized, keepalive: true }

export const catalog = createClient<CatalogPaths>({ fetch: timed })
/** The catalogue with the caller's token: what editors see and do. */
export const editing = createClient<CatalogPaths>(options)
export const orders = createClient<OrdersPaths>(options)
export const playback = createClient<PlaybackPaths>(options)
export const credits = createClient<CreditsPaths>(options)

interface Answer<T> {
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

/** A key of its own for each action that creates something; a retry of the action sends it again. */
export function newKey(): string {
  return crypto.randomUUID()
}
