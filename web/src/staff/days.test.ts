import { describe, expect, it } from 'vitest'
import { dayAfter, daysOf, recentMonths, startOf } from './days'

describe('civil days', () => {
  it('follow each other over the ends of months and years', () => {
    expect(['2026-02-28', '2028-02-28', '2026-12-31'].map(dayAfter)).toEqual(['2026-03-01', '2028-02-29', '2027-01-01'])
  })

  it("begin at Shanghai's midnight", () => {
    expect(new Date(startOf('2026-11-24')).toISOString()).toBe('2026-11-23T16:00:00.000Z')
  })

  it('are one or a span in words', () => {
    expect([daysOf('2026-11-24', '2026-11-24'), daysOf('2026-11-01', '2026-11-24')]).toEqual([
      '2026-11-24',
      '2026-11-01 – 2026-11-24',
    ])
  })
})

describe('the months to choose from', () => {
  it('begin with the month in Shanghai and go back over the new year', () => {
    expect(recentMonths(new Date('2025-12-31T16:30:00Z'), 3)).toEqual(['2026-01', '2025-12', '2025-11'])
  })
})
