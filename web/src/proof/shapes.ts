// Which members an object has, and of which kind they are. What passes is typed by whoever asked for it.

import { isObject, Unreadable, type Json } from './encoding'

export type Is = (value: unknown) => boolean
export type Members = Record<string, Is>

const MAX_ID = 256
const MAX_TEXT = 10_000

export const isText: Is = (value) => typeof value === 'string' && isAtMost(value, MAX_TEXT)
export const isId: Is = (value) => typeof value === 'string' && value !== '' && isAtMost(value, MAX_ID)
export const isCount: Is = (value) => Number.isSafeInteger(value) && (value as number) >= 0
export const isPositive: Is = (value) => Number.isSafeInteger(value) && (value as number) >= 1
export const isList: Is = (value) => Array.isArray(value)
export const isRecord: Is = isObject
export const isAscii: Is = (value) => typeof value === 'string' && /^[\0-\x7f]*$/.test(value)

/** A civil day as `YYYY-MM-DD`. */
export const isDay: Is = (value) =>
  typeof value === 'string' && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) && isDate(`${value}T00:00:00.000Z`)

/** Whether a calendar has this instant, which is written as `toISOString` writes it. */
export function isDate(text: string): boolean {
  const at = new Date(text)
  return !Number.isNaN(at.getTime()) && at.getUTCFullYear() > 0 && at.toISOString() === text
}

export function matching(pattern: RegExp): Is {
  return (value) => typeof value === 'string' && pattern.test(value)
}

export function oneOf(...values: string[]): Is {
  return (value) => typeof value === 'string' && values.includes(value)
}

export function maybe(is: Is): Is {
  return (value) => value === null || is(value)
}

/** Checks that an object has these members and no other; those in `absent` may be missing. Throws Unreadable. */
export function need<T>(value: unknown, members: Members, code = 'document', absent: string[] = []): T {
  if (!isObject(value)) throw new Unreadable(code, 'no object')
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(members, name))
  if (unknown.length > 0) throw new Unreadable(code, unknown[0]?.slice(0, 40))
  for (const [name, is] of Object.entries(members)) {
    const isThere = Object.hasOwn(value as Json, name)
    if (isThere ? !is(value[name]) : !absent.includes(name)) throw new Unreadable(code, name)
  }
  return value as T
}

/** Whether a text has at most so many characters of Unicode, each of one or two UTF-16 units. */
function isAtMost(text: string, characters: number): boolean {
  return text.length <= characters || (text.length <= 2 * characters && [...text].length <= characters)
}
