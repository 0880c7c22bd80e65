// What bundling makes of the verifier judges as its source does: an optimiser that drops a check is noticed.

import { build, type Rolldown } from 'vite'
import { beforeAll, describe, expect, it } from 'vitest'
import type { check } from './check'
import { codesOf, filesOf, vectors } from './vectors'

let built: { check: typeof check }

beforeAll(async () => {
  // As `npm run build` does, but for the entry, which keeps its name.
  const rollupOptions = { input: 'src/proof/check.ts', preserveEntrySignatures: 'strict' } as const
  const client = { build: { write: false, manifest: false, rollupOptions } }
  const made = await build({ logLevel: 'warn', environments: { client } })
  const { output } = made as Rolldown.RolldownOutput
  built = (await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(output[0].code)}`
  )) as typeof built
}, 60_000)

describe('the check of a file, as it is shipped', () => {
  it.each(vectors)('judges $name as it says', async (vector) => {
    const found = await built.check(filesOf(vector))
    expect({ verdict: found.verdict, codes: codesOf(found) }).toEqual({
      verdict: vector.verdict,
      codes: vector.problems,
    })
  })
})
