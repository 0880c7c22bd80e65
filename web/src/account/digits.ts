import { asTyped } from '../i18n/typed'

/** A code as people type it: wide digits of a Chinese keyboard are digits, and blanks between them none. */
export const digits = (typed: string): string => asTyped(typed).replaceAll(/\s/g, '')
