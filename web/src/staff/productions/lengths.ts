// How long what is typed may be. No field cuts what is pasted: it says how much is too much, and is not sent.

import { t } from './messages'

/** Characters of a course's title. */
export const TITLE = 120
/** Characters of a line, and of a text of several. */
export const LINE = 300
export const TEXT = 5000
/** Characters of a time in the recording. */
export const AT = 10

/** What is wrong where there is too much, counted as the service does: a rare character is one as well. */
export function tooLong(text: string | null | undefined, most: number): string | false {
  const count = [...(text ?? '')].length
  return count > most && t('field.tooLong', { count, most })
}
