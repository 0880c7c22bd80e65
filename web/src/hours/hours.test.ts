import { describe, expect, it } from 'vitest'
import type { components } from '@xueshi/client/credits'
import { isZero, sum } from './decimals'
import { heldByReason } from './held'

type Entry = components['schemas']['EntryAnswer']

function award(number: number, changes: Partial<Entry> = {}): Entry {
  const period = { start: '2026-01-01', end: '2027-12-31' }
  return {
    number,
    entry_id: `entry-${number}`,
    kind: 'award',
    credential: 'AFP',
    settles: null,
    period,
    ...changes,
  } as Entry
}

describe('sums of hours', () => {
  it('are exact, whatever places the hours have', () => {
    expect(sum(['0.1', '0.2'])).toBe('0.3')
    expect(sum(['1.5', '24', '0.05'])).toBe('25.55')
    expect(sum(['0.05'])).toBe('0.05')
    expect(sum([])).toBe('0')
  })

  it('know nothing from something', () => {
    expect([isZero('0.0'), isZero('0'), isZero('0.05')]).toEqual([true, true, false])
  })
})

describe('what is held', () => {
  const hold = (number: number, watch: string, code: string, credential: string): Entry =>
    award(number, {
      kind: 'hold',
      watch_id: watch,
      content_id: `lecture ${watch}`,
      title: `${watch} 课`,
      title_en: `course of ${watch}`,
      credential: credential as Entry['credential'],
      hours: '1.5',
      reason: { code: code as Entry['reason']['code'], text: '', text_en: '' },
    })

  it('counts one lecture that was watched twice once', () => {
    const again = { ...hold(2, 'b', 'NO_CERTIFICATE', 'AFP'), content_id: 'lecture a' }
    expect(heldByReason([hold(1, 'a', 'NO_CERTIFICATE', 'AFP'), again]).map((group) => group.hours)).toEqual(['1.5'])
  })

  const course = (watch: string) => ({ title: `${watch} 课`, title_en: `course of ${watch}` })

  it('is told once for each reason, and a course for several certificates counts once', () => {
    const held = [
      hold(1, 'a', 'PROFILE_INCOMPLETE', 'AFP'),
      hold(2, 'a', 'PROFILE_INCOMPLETE', 'CFP'),
      hold(3, 'b', 'PROFILE_INCOMPLETE', 'AFP'),
      hold(4, 'c', 'NO_CERTIFICATE', 'EFP'),
    ]
    expect(heldByReason(held).map(({ reason, ...rest }) => ({ code: reason.code, ...rest }))).toEqual([
      { code: 'PROFILE_INCOMPLETE', hours: '3.0', courses: [course('a'), course('b')], credentials: ['AFP', 'CFP'] },
      { code: 'NO_CERTIFICATE', hours: '1.5', courses: [course('c')], credentials: ['EFP'] },
    ])
  })
})
