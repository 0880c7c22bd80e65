// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { dayOf, daysUntil } from './days'

describe('a day of the plan', () => {
  it('says its year only where it is another one', () => {
    expect(dayOf('2026-12-31', '2026-01-05')).toBe('12月31日')
    expect(dayOf('2027-01-01', '2026-12-31')).toBe('2027年1月1日')
  })

  it('is so many days away, never fewer than none', () => {
    expect(daysUntil('2026-03-01', '2026-02-27')).toBe(2)
    expect(daysUntil('2026-02-27', '2026-03-01')).toBe(0)
  })
})
