// What came of a call.

import { Problem } from './problem.js'

/** As openapi-fetch answers. */
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
