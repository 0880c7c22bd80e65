// What is searched for, as the page's address has it: a search can be sent to somebody, and gone back to.

import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { operations } from '@xueshi/client/catalog'

type Asked = NonNullable<operations['search_courses']['parameters']['query']>
export type Sort = NonNullable<Asked['sort']>
type Credential = NonNullable<Asked['credential']>
type Category = NonNullable<Asked['category']>

export const SORTS: Sort[] = [
  'relevance',
  'newest',
  'most_learners',
  'best_rated',
  'cheapest',
  'dearest',
  'shortest',
  'longest',
]
export const CREDENTIALS: Credential[] = ['AFP', 'CFP', 'EFP', 'CPB', 'CTP']
export const CATEGORIES: Category[] = ['compulsory', 'elective']
/** Ranges of hours that can be chosen, both ends included. */
export const HOURS = ['0-1', '1-2', '2-'] as const
export type Hours = (typeof HOURS)[number]
export const MEMBERSHIPS = ['free', 'recommended'] as const
export type Membership = (typeof MEMBERSHIPS)[number]

export interface Criteria {
  q: string
  credential: Credential | ''
  category: Category | ''
  hours: Hours | ''
  members: Membership | ''
  sort: Sort
}

/** The longest text that the service takes. */
export const MAX_TEXT = 30

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | '' {
  return allowed.find((each) => each === value) ?? ''
}

/** What an address asks for; what it says wrongly is left out. */
export function criteriaOf(query: LocationQuery): Criteria {
  return {
    q: typeof query.q === 'string' ? query.q.trim().slice(0, MAX_TEXT) : '',
    credential: oneOf(CREDENTIALS, query.credential),
    category: oneOf(CATEGORIES, query.category),
    hours: oneOf(HOURS, query.hours),
    members: oneOf(MEMBERSHIPS, query.members),
    sort: oneOf(SORTS, query.sort) || 'relevance',
  }
}

/** The same text without filters; null where there is no text, or nothing that narrows it. */
export function onlyText({ q, sort, ...filters }: Criteria): Criteria | null {
  const narrowed = Object.values(filters).some((filter) => filter !== '')
  return q && narrowed ? { q, sort, credential: '', category: '', hours: '', members: '' } : null
}

/** The address for it, without what is usual. */
export function queryOf(criteria: Criteria): LocationQueryRaw {
  const named = { ...criteria, q: criteria.q.trim(), sort: criteria.sort === 'relevance' ? '' : criteria.sort }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== ''))
}

/**
 * What the service is asked: nothing that is usual, and the text as the service reads it. So whoever asks for the same
 * asks with the same address, which caches on the way keep one answer for.
 */
export function askedFor(criteria: Criteria, offset: number): Asked {
  const [least, most] = criteria.hours.split('-')
  return {
    q: asRead(criteria.q) || undefined,
    credential: criteria.credential || undefined,
    category: criteria.category || undefined,
    hours_min: least || undefined,
    hours_max: most || undefined,
    free_to_members: criteria.members === 'free' || undefined,
    recommended: criteria.members === 'recommended' || undefined,
    sort: criteria.sort === 'relevance' ? undefined : criteria.sort,
    offset: offset || undefined,
  }
}

/** Without what makes no difference: capitals, full width, blanks and punctuation. */
export function asRead(text: string, most = MAX_TEXT): string {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}_]+/gu) ?? []
  return words.join(' ').slice(0, most)
}
