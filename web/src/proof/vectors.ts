// The test vectors of docs/evidence-format.md, for tests.

import type { Files, Result } from './check'
import { bytesOf, type Bytes } from './encoding'

export interface Vector {
  name: string
  document: string
  proof: string | null
  jwks: string
  policy: string
  checkpoints: string[]
  verdict: string
  problems: string[]
}

const raw = import.meta.glob<string>('../../../docs/evidence-vectors/*', {
  query: '?raw',
  import: 'default',
  eager: true,
})
const files = new Map(Object.entries(raw).map(([path, text]) => [path.replace(/.*\//, ''), bytesIn(text)]))
export const vectors = JSON.parse(textOf('vectors.json')) as Vector[]

/** Files are given as texts, with U+FFFD in the place of the one byte that is none: 0xff. */
function bytesIn(text: string): Bytes {
  const [first = '', ...rest] = text.split('\ufffd').map((part) => Array.from(bytesOf(part)).join())
  return Uint8Array.from([first, ...rest].join(',255,').split(',').filter(Boolean).map(Number))
}

/** A file of the vectors. */
export function content(name: string): Bytes {
  const found = files.get(name)
  if (!found) throw new Error(`no file ${name}`)
  return found
}

export function textOf(name: string): string {
  return new TextDecoder().decode(content(name))
}

/** What a vector gives to a verifier. */
export function filesOf(vector: Vector): Files {
  const checkpoints = vector.checkpoints.map(content)
  const kept = { policy: content(vector.policy), keys: content(vector.jwks), checkpoints }
  const given = { document: content(vector.document), ...kept }
  return vector.proof ? { ...given, proof: content(vector.proof) } : given
}

/** The codes of what was found, each once, in alphabetical order. */
export function codesOf({ problems }: Result): string[] {
  return [...new Set(problems.map(({ code }) => code))].sort()
}
