import { asTyped } from '../i18n/typed'

const MAINLAND = /^1[3-9]\d{9}$/

/** A number as people type it in E.164: of mainland China unless it begins with a plus; null for what is none. */
export function phoneNumber(typed: string): string | null {
  const text = asTyped(typed).replaceAll(/[-()]/g, '').replace(/^00/, '+')
  const own = text.replace(/^\+?86(?=1)/, '')
  if (MAINLAND.test(own)) return `+86${own}`
  return /^\+[1-9]\d{6,14}$/.test(text) && !text.startsWith('+86') ? text : null
}
