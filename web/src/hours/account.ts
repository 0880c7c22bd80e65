// The learner's account. Its figures are the same on every page of it; the entries that it lists come page by page.

import { credits, result } from '../api/client'
import { everyPage } from '@xueshi/client'
import type { components } from '@xueshi/client/credits'

export type Account = components['schemas']['AccountAnswer']
type Period = components['schemas']['PeriodAnswer']

export async function readAccount(): Promise<Account> {
  const pages = await everyPage<number, Account>((after) =>
    result(credits.GET('/v1/credits/account', { params: { query: { after } } })),
  )
  return pages.reduce(joined)
}

/** An account with what another, older page lists: held hours oldest first, what does not count newest first. */
export function joined(newer: Account, older: Account): Account {
  return {
    ...newer,
    held: [...older.held, ...newer.held],
    not_counted: [...newer.not_counted, ...older.not_counted],
    certificates: newer.certificates.map((row) => {
      const before = older.certificates.find(({ certificate }) => certificate.credential === row.certificate.credential)
      if (!before) return row
      const past = new Map([before.current, ...before.earlier].map((period) => [period.start, period]))
      return {
        ...row,
        current: together(row.current, past.get(row.current.start)),
        earlier: row.earlier.map((period) => together(period, past.get(period.start))),
      }
    }),
    after: older.after,
  }
}

function together(newer: Period, older: Period | undefined): Period {
  return older ? { ...newer, not_counted: [...newer.not_counted, ...older.not_counted] } : newer
}
