// A profile while it is edited: what changed, and what becomes of it when the profile was changed elsewhere meanwhile.

import type { components } from '@xueshi/client/credits'

export type Profile = components['schemas']['LearnerProfile']
export type Change = Omit<components['schemas']['ProfileRequest'], 'revision'>
export type Field = Profile['missing'][number]

/** In the order in which the page shows them. */
export const FIELDS: Field[] = ['username', 'nickname', 'real_name', 'birthday', 'employer', 'email']

export type Draft = Record<Field, string>

export function draftOf(profile: Profile): Draft {
  return Object.fromEntries(FIELDS.map((field) => [field, profile[field] ?? ''])) as Draft
}

/** The fields that the learner made different from what was loaded; an emptied one is null. */
export function changes(loaded: Profile, draft: Draft): Change {
  const before = draftOf(loaded)
  const changed = FIELDS.filter((field) => draft[field].trim() !== before[field])
  return Object.fromEntries(changed.map((field) => [field, draft[field].trim() || null]))
}

export interface Rebased {
  draft: Draft
  /** Changed here and elsewhere, to something else each. */
  clashes: Field[]
}

/** The draft on top of a newer profile: what the learner typed stays, everything else follows the newer one. */
export function rebased(loaded: Profile, newer: Profile, draft: Draft): Rebased {
  const [before, now] = [draftOf(loaded), draftOf(newer)]
  const typed = FIELDS.filter((field) => draft[field].trim() !== before[field])
  return {
    draft: { ...now, ...Object.fromEntries(typed.map((field) => [field, draft[field]])) },
    clashes: typed.filter((field) => now[field] !== before[field] && now[field] !== draft[field].trim()),
  }
}
