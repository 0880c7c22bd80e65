// A course's facts while they are typed, and what becomes of them when somebody else saved others meanwhile. Pure.

import { fenOf } from '../../i18n/format'
import { asTyped } from '../../i18n/typed'
import type { Facts, FactsText, Instructor } from './production'

/** As they are typed: prices in yuan, and nothing is missing but empty. */
export interface Typed {
  title: string
  title_en: string
  subtitle: string
  content_id: string
  hours: string
  category: string
  eligible_credentials: string[]
  published_on: string
  price_fen: string
  member_price_fen: string
  member_recommended: boolean
  member_library: boolean
  watch: string
  instructors: Instructor[]
}
export type Member = keyof Typed

export const PRICES = ['price_fen', 'member_price_fen'] as const

/** In the order in which the form shows them. */
export const MEMBERS: readonly Member[] = [
  'title',
  'title_en',
  'subtitle',
  'content_id',
  'hours',
  'category',
  'eligible_credentials',
  'published_on',
  'price_fen',
  'member_price_fen',
  'member_recommended',
  'member_library',
  'watch',
  'instructors',
]

export function typedOf(facts: FactsText): Typed {
  return {
    title: facts.title ?? '',
    title_en: facts.title_en ?? '',
    subtitle: facts.subtitle ?? '',
    content_id: facts.content_id ?? '',
    hours: facts.hours ?? '',
    category: facts.category ?? '',
    eligible_credentials: [...(facts.eligible_credentials ?? [])],
    published_on: facts.published_on ?? '',
    price_fen: inYuan(facts.price_fen),
    member_price_fen: inYuan(facts.member_price_fen),
    member_recommended: facts.member_recommended ?? false,
    member_library: facts.member_library ?? false,
    watch: facts.watch?.max_rate ?? '',
    instructors: (facts.instructors ?? []).map((person) => ({ ...person })),
  }
}

/** What is sent: what is empty is left out, since a course that is being made may lack it still. */
export function factsOf(typed: Typed): FactsText {
  const hours = asTyped(typed.hours)
  const rate = asTyped(typed.watch)
  const [price, memberPrice] = [fenOf(typed.price_fen), fenOf(typed.member_price_fen)]
  return {
    ...filled({
      title: typed.title.trim(),
      title_en: typed.title_en.trim(),
      subtitle: typed.subtitle.trim(),
      content_id: asTyped(typed.content_id),
      hours,
      category: typed.category,
      published_on: typed.published_on,
    }),
    eligible_credentials: typed.eligible_credentials,
    ...(price === null ? {} : { price_fen: price }),
    ...(memberPrice === null ? {} : { member_price_fen: memberPrice }),
    member_recommended: typed.member_recommended,
    member_library: typed.member_library,
    ...(rate ? { watch: { max_rate: rate } } : {}),
    instructors: typed.instructors,
  }
}

/** Whether a member is an amount of money, which is typed in yuan. */
export function isPrice(member: string | undefined): member is (typeof PRICES)[number] {
  return (PRICES as readonly (string | undefined)[]).includes(member)
}

/** What was typed for a price cannot be sent as it is. */
export function isNoPrice(text: string): boolean {
  return text.trim() !== '' && fenOf(text) === null
}

/** The members that are another than in what was loaded. */
export function changed(loaded: FactsText, typed: Typed): Member[] {
  const before = typedOf(loaded)
  return MEMBERS.filter((member) => !isSame(before[member], typed[member]))
}

export interface Rebased {
  typed: Typed
  /** Changed here and by somebody else, to something else each. */
  clashes: Member[]
}

/** What was typed on top of newer facts: it stays, and everything else follows the newer ones. */
export function rebased(loaded: FactsText, newer: FactsText, typed: Typed): Rebased {
  const [before, now] = [typedOf(loaded), typedOf(newer)]
  const own = changed(loaded, typed)
  return {
    typed: { ...now, ...Object.fromEntries(own.map((member) => [member, typed[member]])) },
    clashes: own.filter((member) => !isSame(now[member], before[member]) && !isSame(now[member], typed[member])),
  }
}

/** The faults at a place of the facts, such as `watch`, and where it is `deep`, at all that is in it. */
export function faultsAt(faults: Facts['faults'], place: string, deep = true): Facts['faults'] {
  return faults.filter(({ pointer }) => pointer === `/${place}` || (deep && pointer.startsWith(`/${place}/`)))
}

function filled(members: Record<string, string>): FactsText {
  return Object.fromEntries(Object.entries(members).filter(([, text]) => text))
}

function inYuan(fen: number | null | undefined): string {
  return fen === null || fen === undefined ? '' : (fen / 100).toFixed(2).replace(/\.00$/, '')
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
