// What went wrong, in the words of the page's language.

import type { Problem } from '@xueshi/client'
import { locale, maybe } from '../i18n'

export { asProblem, Problem, type Mistake } from '@xueshi/client'

/** The API's words for these speak to whoever wrote the request; the client has its own for whoever filled in a form. */
const FOR_DEVELOPERS = new Set(['INVALID_REQUEST'])

/** What happened. Reading the language makes a shown problem follow the language switch. */
export function detailOf(problem: Problem): string {
  const own = maybe(`problem.${problem.code}`) ?? maybe('problem.UNEXPECTED') ?? problem.code
  return said(problem, 'detail') ?? own.replace('{name}', problem.reference('challenge') ?? '')
}

/** What to do next. */
export function nextOf(problem: Problem): string {
  return said(problem, 'next') ?? maybe(`problem.${problem.code}.next`) ?? maybe('problem.UNEXPECTED.next') ?? ''
}

function said(problem: Problem, member: 'detail' | 'next'): string | undefined {
  return FOR_DEVELOPERS.has(problem.code) ? undefined : problem.text(member, locale.value)
}
