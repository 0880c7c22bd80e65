import { describe, expect, it } from 'vitest'
import type { components } from '@xueshi/client/credits'
import { countsAnew } from './anew'

type Outcome = components['schemas']['OutcomeAnswer']

const outcome = (kind: Outcome['kind'], credential: Outcome['credential'], start = '2026-01-01'): Outcome =>
  ({ kind, credential, period: kind === 'hold' ? null : { start, end: null } }) as Outcome

describe('watching anew', () => {
  it('is offered for the certificates that would count it: a new period, or hours that were taken back', () => {
    const outcomes = [outcome('award', 'AFP'), outcome('declined', 'CFP'), outcome('hold', 'EFP')]
    expect(countsAnew({ watched: true, outcomes })).toEqual([{ credential: 'AFP', start: '2026-01-01' }])
  })

  it('is not offered while the ledger does not know of the watch: its hours are on their way', () => {
    expect(countsAnew({ watched: false, outcomes: [outcome('award', 'AFP')] })).toEqual([])
  })
})
