// What of a certificate's period can still be declared, as the ledger and the declarations stand.

import type { components } from '../api/generated/credits'

type Entry = components['schemas']['EntryAnswer']
type Declaration = components['schemas']['DeclarationAnswer']

/** The numbers of the awards that do not stand: taken back, or under review. */
function fallen(entries: Entry[]): Set<number | null> {
  const released = new Set(entries.filter((entry) => entry.kind === 'release').map((entry) => entry.settles))
  const against = (entry: Entry): boolean =>
    entry.kind === 'reversal' || (entry.kind === 'hold' && !released.has(entry.number))
  return new Set(entries.filter(against).map((entry) => entry.settles))
}

/** The period's awards that stand and are not declared; what the certifying body denied may be declared again. */
export function declarable(entries: Entry[], declarations: Declaration[], credential: string, start: string): Entry[] {
  const gone = fallen(entries)
  const states = new Map(declarations.map((declaration) => [declaration.entry_id, declaration.state]))
  const open = (entry: Entry): boolean => [undefined, 'denied'].includes(states.get(entry.entry_id))
  return entries.filter(
    (entry) =>
      entry.kind === 'award' &&
      entry.credential === credential &&
      entry.period?.start === start &&
      !gone.has(entry.number) &&
      open(entry),
  )
}
