// The browser's verifier says of each test vector what stands there, asks nobody, and takes nothing that was changed.

import { afterEach, describe, expect, it, vi } from 'vitest'
import { check, MAX_DOCUMENT_BYTES, type Files } from './check'
import { joined } from './encoding'
import { Unsupported } from './notes'
import { codesOf, content, filesOf, vectors } from './vectors'

const KEPT = { keys: content('jwks.json'), policy: content('policy.txt') }

afterEach(() => vi.restoreAllMocks())

describe('the check of a file', () => {
  it.each(vectors)('judges $name as it says', async (vector) => {
    const found = await check(filesOf(vector))
    expect({ verdict: found.verdict, codes: codesOf(found) }).toEqual({
      verdict: vector.verdict,
      codes: vector.problems,
    })
  })

  it('asks nobody', async () => {
    const asked = vi.spyOn(globalThis, 'fetch')
    for (const vector of vectors) await check(filesOf(vector))
    expect(asked).not.toHaveBeenCalled()
  })

  it.each(['genuine-pack', 'genuine-certificate'])('takes no changed byte of %s, and never fails', async (name) => {
    const whole = content(`${name}.json`)
    const random = numbers(name.length)
    for (let round = 0; round < 300; round += 1) {
      const document = Uint8Array.from(whole)
      const place = random() % document.length
      document[place] = random() % 3 ? document[place]! ^ (1 << (random() % 8)) : random() % 256
      const { verdict } = await check({ ...KEPT, document })
      const isSame = JSON.stringify(parsed(document)) === JSON.stringify(parsed(whole))
      expect(verdict === 'accepted' && !isSame, `byte ${place}`).toBe(false)
    }
  })

  it('takes no changed proof, keys or policy, and never fails', async () => {
    const random = numbers(7)
    const pack = content('genuine-pack-apart.json')
    for (let round = 0; round < 300; round += 1) {
      const given: Files = { document: pack, ...KEPT, proof: content('genuine-pack.tlog-proof') }
      const which = (['proof', 'keys', 'policy'] as const)[round % 3] ?? 'proof'
      const changed = Uint8Array.from(given[which] ?? [])
      const place = random() % changed.length
      given[which] = changed.filter((_, at) => at < place || at > place + (random() % 3))
      const { verdict } = await check(given)
      if (which === 'proof') expect(verdict).not.toBe('accepted')
    }
  })

  it('does not read what is too large', async () => {
    const spaces = new Uint8Array(MAX_DOCUMENT_BYTES).fill(32)
    const { problems } = await check({ ...KEPT, document: joined(spaces, content('genuine-pack.json')) })
    expect(problems[0]?.code).toBe('document')
  })

  it('says so where the browser has no Ed25519', async () => {
    const importKey = crypto.subtle.importKey.bind(crypto.subtle)
    const without = (format: 'raw', key: BufferSource, how: { name: string }, ...more: [boolean, KeyUsage[]]) =>
      how.name === 'Ed25519'
        ? Promise.reject(new DOMException('', 'NotSupportedError'))
        : importKey(format, key, how, ...more)
    vi.spyOn(crypto.subtle, 'importKey').mockImplementation(without as typeof importKey)
    await expect(check({ ...KEPT, document: content('genuine-pack.json') })).rejects.toThrow(Unsupported)
  })
})

/** The same row of numbers each time. */
function numbers(seed: number): () => number {
  let state = seed
  return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) >>> 8
}

function parsed(document: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(document))
  } catch {
    return null
  }
}
