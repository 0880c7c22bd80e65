/** As long as the gateway waits for a function that starts cold: an answer that is still coming is waited for. */
const TIMEOUT_MS = 30_000

/** Fetches, but not forever: every request of the client ends. */
export function timed(input: Request | string, init: RequestInit = {}): Promise<Response> {
  return fetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
}
