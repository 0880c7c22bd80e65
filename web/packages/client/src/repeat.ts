// A request that was refused because much happened at once, or that got no answer, is sent again, as it was and with its
// key, after pauses that grow. Whoever waits for it sees that it is under way; what fails in the end is shown as ever.

import { asProblem, Problem } from './problem.js'

export type Send = (request: Request) => Promise<Response>

const TRIES = 5
const FIRST_PAUSE_MS = 400
/** No try begins later than this after the first one. */
const WITHIN_MS = 20_000
/** Refusals that changed nothing and end by themselves. */
const BUSY = new Set(['BUSY', 'OVERLOADED', 'TOO_MANY_REQUESTS'])
/** What the gateway says where it got no answer itself: what was asked for may have been done. */
const NO_ANSWER = new Set([502, 503, 504])

/** Sends like `send`, and again where that can do no harm. `safeTwice`: whether doing it twice is doing it once. */
export function repeating(send: Send, safeTwice = isSafeByForm): Send {
  return async (request) => {
    const latest = performance.now() + WITHIN_MS
    for (let tried = 1; ; tried += 1) {
      const outcome = await outcomeOf(send(request.clone()))
      const pause = pauseAfter(tried, outcome)
      const over = tried === TRIES || performance.now() + pause > latest
      if (over || !(await isWorthRepeating(outcome, () => safeTwice(request)))) return answerOf(outcome)
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/** Twice as long each time, give or take a random half, so that those who were refused together do not return together. */
function pauseAfter(tried: number, outcome: Response | Problem): number {
  const own = FIRST_PAUSE_MS * 2 ** (tried - 1) * (0.5 + Math.random())
  const asked = outcome instanceof Problem ? 0 : Number(outcome.headers.get('Retry-After')) * 1_000
  return asked > 0 ? asked + own : own
}

async function isWorthRepeating(outcome: Response | Problem, safeTwice: () => boolean): Promise<boolean> {
  const problem = outcome instanceof Problem ? outcome : await problemOf(outcome)
  if (problem === null) return false
  if (BUSY.has(problem.code)) return true
  const unanswered = problem.code === 'NETWORK' || (problem.code === 'UNEXPECTED' && NO_ANSWER.has(problem.status))
  return unanswered && safeTwice()
}

/** Whether its method or its key says so. Whoever only reads is told at once that there is no answer. */
function isSafeByForm(request: Request): boolean {
  return request.method === 'PUT' || request.method === 'DELETE' || request.headers.has('Idempotency-Key')
}

async function problemOf(response: Response): Promise<Problem | null> {
  if (response.ok) return null
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  return Problem.of(response.status, body)
}

function outcomeOf(sending: Promise<Response>): Promise<Response | Problem> {
  return sending.catch((thrown: unknown) => asProblem(thrown))
}

function answerOf(outcome: Response | Problem): Response {
  if (outcome instanceof Problem) throw outcome
  return outcome
}
