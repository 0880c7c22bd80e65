// When watching a completed course anew earns hours again: a certificate's next period began since.

import type { components } from '../api/generated/credits'

type Balance = components['schemas']['CertificateBalanceAnswer']

export interface NewPeriod {
  credential: string
  start: string
}

/** The civil day in Shanghai, YYYY-MM-DD. */
export function dayInShanghai(iso: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', dateStyle: 'short' }).format(new Date(iso))
}

/** The certificates that the course counts for and whose current period began after it was completed. */
export function newPeriods(completedAt: string, eligible: string[], certificates: Balance[]): NewPeriod[] {
  const completedOn = dayInShanghai(completedAt)
  return certificates
    .map((row) => ({ credential: row.certificate.credential, start: row.current.start }))
    .filter((period) => eligible.includes(period.credential) && period.start > completedOn)
}
