// Calls that create something: the same content is the same request, however often it is sent before it succeeds.

import { newKey, result, type Answer } from './answers.js'

type Path = Record<string, string> | undefined

/** What is sent: the content, with the key of the action that it is. */
type Keyed<P extends Path, B> = { params: { path: P; header: { 'Idempotency-Key': string } }; body: B }

/**
 * For each form or dialog that creates something. The function that it returns sends content under a key that stays
 * until the service has done it: pressing the button again after a failure asks for the same thing, and what was
 * changed before asks for another. It throws Problem.
 */
export function creation() {
  const keys = new Map<string, string>()

  return async function create<T, B, P extends Path = undefined>(
    content: { path?: P; body: B },
    send: (request: Keyed<P, B>) => Promise<Answer<T>>,
  ): Promise<T> {
    const named = JSON.stringify(content)
    const key = keys.get(named) ?? newKey()
    keys.set(named, key)
    // Left out only where P is undefined.
    const params = { path: content.path as P, header: { 'Idempotency-Key': key } }
    const created = await result(send({ params, body: content.body }))
    // Done: whoever asks for the same again means another one.
    keys.delete(named)
    return created
  }
}
