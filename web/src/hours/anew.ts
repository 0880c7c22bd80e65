// When watching a completed course anew earns hours again. The server decides: its advice is the ledger's own.

import type { components } from '@xueshi/client/credits'

type Advice = components['schemas']['AdviceAnswer']

export interface Anew {
  credential: string
  start: string
}

/** The certificates, with their periods, for which a lecture whose watch the ledger has would count if watched anew. */
export function countsAnew(advice: Pick<Advice, 'watched' | 'outcomes'>): Anew[] {
  if (!advice.watched) return []
  return advice.outcomes.flatMap(({ kind, credential, period }) =>
    kind === 'award' && credential && period ? [{ credential, start: period.start }] : [],
  )
}
