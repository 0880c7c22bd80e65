// What a certificate of completion states.

import { isCanonical, jsonObject, Unreadable } from './encoding'
import type { Problem } from './problems'
import { isDate, isDay, isId, isPositive, isText, matching, maybe, need, oneOf, type Is, type Members } from './shapes'

export interface Statement {
  code: string
  issued_at: string
  completed_at: string
  course_id: string
  title: string
  hours: string
  category: string
  credential: string
  period_start: string
  period_end: string | null
}

/** An instant as a text, UTC, in milliseconds. */
const isInstant: Is = (value) =>
  typeof value === 'string' && value.endsWith('+00:00') && isDate(value.replace('+00:00', 'Z'))

const STATEMENT: Members = {
  format: oneOf('xueshi.certificate/1'),
  code: matching(/^[0-9A-HJKMNP-TV-Z]{28}$/),
  issued_at: isInstant,
  completed_at: isInstant,
  course_id: isId,
  content_version: isId,
  title: isText,
  hours: matching(/^(?!0*(\.0*)?$)[0-9]{1,6}(\.[0-9]{1,2})?$/),
  category: oneOf('compulsory', 'elective'),
  credential: matching(/^[A-Z]{2,8}$/),
  period_start: isDay,
  period_end: maybe(isDay),
  entry_id: isId,
  entry_number: isPositive,
  entry_mac: isId,
}

/** What a statement says. Throws Unreadable. */
export function readStatement(text: string): Statement {
  const statement = need<Statement>(jsonObject(text, 'document'), STATEMENT)
  if (!isCanonical(text, statement)) throw new Unreadable('encoding', 'JSON')
  return statement
}

/** Where a statement disagrees with itself. Its texts of time and day sort as they follow on each other. */
export function statementProblems({ completed_at, issued_at, period_start, period_end }: Statement): Problem[] {
  const holds = completed_at <= issued_at && (period_end === null || period_start <= period_end)
  return holds ? [] : [{ code: 'certificate_times' }]
}
