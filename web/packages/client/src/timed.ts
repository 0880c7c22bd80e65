/** As long as the gateway waits for a function that starts cold: an answer that is still coming is waited for. */
const TIMEOUT_MS = 30_000

/** Fetches, but not forever: every request of the client ends, sooner where its own signal says so. */
export function timed(input: Request | string, init: RequestInit = {}): Promise<Response> {
  const own = input instanceof Request ? [input.signal] : []
  return fetch(input, { ...init, signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...own]) })
}
