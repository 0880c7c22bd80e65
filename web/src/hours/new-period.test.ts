import { describe, expect, it } from 'vitest'
import type { components } from '../api/generated/credits'
import { dayInShanghai, newPeriods } from './new-period'

type Balance = components['schemas']['CertificateBalanceAnswer']

function certificate(credential: string, start: string): Balance {
  return { certificate: { credential }, current: { start } } as Balance
}

describe('watching anew', () => {
  it('is offered for certificates whose period began after the completion', () => {
    const rows = [certificate('AFP', '2026-03-02'), certificate('CFP', '2025-09-01'), certificate('CTP', '2026-03-02')]
    expect(newPeriods('2026-03-01T02:00:00Z', ['AFP', 'CFP'], rows)).toEqual([
      { credential: 'AFP', start: '2026-03-02' },
    ])
  })

  it('counts days in Shanghai: a completion there on the first day belongs to the period', () => {
    expect(dayInShanghai('2026-03-01T16:00:00Z')).toBe('2026-03-02')
    expect(newPeriods('2026-03-01T16:00:00Z', ['AFP'], [certificate('AFP', '2026-03-02')])).toEqual([])
    expect(newPeriods('2026-03-01T15:59:59Z', ['AFP'], [certificate('AFP', '2026-03-02')])).toHaveLength(1)
  })
})
