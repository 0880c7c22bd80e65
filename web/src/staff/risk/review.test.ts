import { describe, expect, it } from 'vitest'
import type { components } from '@xueshi/client/credits'
import { scatterOf, standingOf } from './review'

type Entry = components['schemas']['EntryAnswer']

const entry = (number: number, kind: Entry['kind'], settles: number | null = null) =>
  ({ number, kind, settles }) as Entry

describe('what an award is worth', () => {
  const award = entry(1, 'award')

  it('stands until somebody decides otherwise, whatever happens to other awards', () => {
    expect(standingOf(award, [award, entry(2, 'hold'), entry(3, 'reversal', 9)])).toBe('stands')
  })

  it('is under review while a hold on it is open', () => {
    const held = [award, entry(2, 'hold', 1)]
    expect(standingOf(award, held)).toBe('under_review')
    expect(standingOf(award, [...held, entry(3, 'release', 2)])).toBe('stands')
    expect(standingOf(award, [...held, entry(3, 'release', 2), entry(4, 'hold', 1)])).toBe('under_review')
  })

  it('is void for good once it was reversed', () => {
    expect(standingOf(award, [award, entry(2, 'hold', 1), entry(3, 'release', 2), entry(4, 'reversal', 1)])).toBe(
      'void',
    )
  })
})

describe('reaction times', () => {
  it('tell their spread as a share of the mean', () => {
    expect(scatterOf([900, 1100])).toEqual({ count: 2, min: 900, mean: 1000, max: 1100, scatter: 141 })
    expect(scatterOf([])).toBeNull()
  })
})
