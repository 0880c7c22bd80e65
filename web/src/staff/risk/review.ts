// What a reviewer needs to know of a watch, computed from what the services answer.

import type { components } from '@xueshi/client/credits'

type Entry = components['schemas']['EntryAnswer']
type Standing = components['schemas']['Standing']

/** What an award is worth now: the ledger's own rule (services/credits/domain/review.py). */
export function standingOf(award: Entry, entries: readonly Entry[]): Standing {
  const settling = (kind: Entry['kind'], number: number): Entry | undefined =>
    entries.find((entry) => entry.kind === kind && entry.settles === number)
  if (settling('reversal', award.number)) return 'void'
  const holds = entries.filter((entry) => entry.kind === 'hold' && entry.settles === award.number)
  return holds.some((hold) => !settling('release', hold.number)) ? 'under_review' : 'stands'
}

/** What gives hours: the ledger's own rule (services/credits/domain/ledger.py). */
export const COUNTED: readonly Entry['kind'][] = ['award', 'grant']

/** What can be decided of an award that stands like this. */
export const DECISIONS: Record<Standing, Standing[]> = {
  stands: ['under_review', 'void'],
  under_review: ['stands', 'void'],
  void: [],
}

export interface Scatter {
  count: number
  min: number
  mean: number
  max: number
  /** The sample's standard deviation as a share of the mean, per mille: what the services measure. */
  scatter: number
}

/** How reaction times (milliseconds) lie; null where there are none. */
export function scatterOf(reactions: readonly number[]): Scatter | null {
  if (!reactions.length) return null
  const mean = reactions.reduce((sum, value) => sum + value, 0) / reactions.length
  const squares = reactions.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / Math.max(1, reactions.length - 1))
  return {
    count: reactions.length,
    min: Math.min(...reactions),
    mean: Math.round(mean),
    max: Math.max(...reactions),
    scatter: mean > 0 ? Math.round((1000 * deviation) / mean) : 0,
  }
}

/** Signals that are raised below their threshold; the others are raised above it. */
const RAISED_BELOW = ['constant_reactions', 'impossible_reaction', 'no_rest', 'media_not_opened']

/** Whether what was measured is less than what is usual. */
export function isBelow(kind: string): boolean {
  return RAISED_BELOW.includes(kind)
}
