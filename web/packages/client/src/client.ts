// The four APIs of one origin, typed from the OpenAPI documents that the services' own handlers declare.

import createClient, { type Client } from 'openapi-fetch'
import type { paths as CatalogPaths } from './generated/catalog.js'
import type { paths as CreditsPaths } from './generated/credits.js'
import type { paths as OrdersPaths } from './generated/orders.js'
import type { paths as PlaybackPaths } from './generated/playback.js'
import { repeating, type Send } from './repeat.js'
import type { Session } from './session.js'
import { timed } from './timed.js'

/** The APIs, each with its paths and their types. */
export interface Api {
  /** What everybody may read, without the caller's token. */
  catalog: Client<CatalogPaths>
  /** The catalogue with the caller's token: what editors see and do, and what learners write and keep. */
  editing: Client<CatalogPaths>
  orders: Client<OrdersPaths>
  playback: Client<PlaybackPaths>
  credits: Client<CreditsPaths>
  /** What a player sends: its own machine decides what is sent again and when. */
  watching: Client<PlaybackPaths>
  /** For a call that creates something and needs no key: the service answers the same content with what is there. */
  sentAgain: { fetch: Send }
}

/**
 * The APIs of an origin, for whoever has the session.
 *
 * What was refused because much happened at once is sent again, as is what got no answer and does the same when it is
 * done twice; and whatever was refused for its token, once, with a new one.
 *
 * @param origin such as `https://xueshi.example`; nothing for the origin of the page
 */
export function connect(session: Session, origin = ''): Api {
  const authorized = authorizedBy(session)
  const options = { baseUrl: origin, fetch: repeating(authorized) }
  return {
    catalog: createClient<CatalogPaths>({ baseUrl: origin, fetch: repeating(timed) }),
    editing: createClient<CatalogPaths>(options),
    orders: createClient<OrdersPaths>(options),
    playback: createClient<PlaybackPaths>(options),
    credits: createClient<CreditsPaths>(options),
    // `keepalive`: what is under way when a page is closed is still delivered. Browsers refuse it for bodies above
    // 64 kB, which statements and results can have.
    watching: createClient<PlaybackPaths>({ baseUrl: origin, fetch: authorized, keepalive: true }),
    sentAgain: { fetch: repeating(authorized, () => true) },
  }
}

/** Sends with the learner's token, renewing it once when the gateway no longer takes it. */
function authorizedBy(session: Session): Send {
  return async (request) => {
    const again = request.clone()
    const response = await timed(withToken(request, await session.accessToken()))
    if (response.status !== 401) return response
    const token = await session.renewed()
    return token === null ? response : timed(withToken(again, token))
  }
}

function withToken(request: Request, token: string | null): Request {
  if (token !== null) request.headers.set('Authorization', `Bearer ${token}`)
  return request
}
