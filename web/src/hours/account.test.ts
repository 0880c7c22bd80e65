import { describe, expect, it, vi } from 'vitest'
import { joined, type Account } from './account'

// It needs a browser.
vi.mock('../api/client', () => ({}))

type Entry = Account['held'][number]

const entries = (...numbers: number[]): Entry[] => numbers.map((number) => ({ number }) as Entry)

function page(
  held: number[],
  notCounted: number[],
  ofPeriods: Record<string, number[]>,
  after: number | null,
): Account {
  const periods = Object.entries(ofPeriods).map(([start, numbers]) => ({ start, not_counted: entries(...numbers) }))
  const [current, ...earlier] = periods
  const row = { certificate: { credential: 'AFP' }, current, earlier }
  const whole = { held: entries(...held), not_counted: entries(...notCounted), certificates: [row], after }
  return { ...whole, other_certificates: null } as unknown as Account
}

describe("an account's pages", () => {
  it('are one account, each list in its own order', () => {
    const newer = page([8, 9], [7], { '2026': [6], '2024': [] }, 6)
    const older = page([1, 2], [5, 4], { '2026': [3], '2024': [0] }, null)
    expect(joined(newer, older)).toEqual(page([1, 2, 8, 9], [7, 5, 4], { '2026': [6, 3], '2024': [0] }, null))
  })

  it('may lack a certificate that was registered in between', () => {
    const newer = page([], [], { '2026': [6] }, 6)
    expect(joined(newer, { ...newer, certificates: [], after: null }).certificates).toEqual(newer.certificates)
  })
})
