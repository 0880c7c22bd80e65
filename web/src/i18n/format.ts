// How amounts are written. Money is integer fen and hours are exact decimals as text: neither ever becomes a float.

import { asTyped } from './typed'
import { locale, t } from './index'

/** 754321 -> "12:34", and "1:02:03" from an hour on. */
export function clock(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000))
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60]
  const pad = (n: number): string => String(n).padStart(2, '0')
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${pad(minutes)}:${pad(seconds)}`
}

/** The length of a lecture in words. */
export function length(milliseconds: number): string {
  if (milliseconds < 120_000) return t('course.durationSeconds', { seconds: Math.round(milliseconds / 1000) })
  return t('course.durationMinutes', { minutes: Math.round(milliseconds / 60_000) })
}

/** 1536 -> "1.5 KB". */
export function fileSize(bytes: number): string {
  const power = bytes < 1024 ** 2 ? 1 : bytes < 1024 ** 3 ? 2 : 3
  const amount = bytes / 1024 ** power
  const shown = amount < 10 ? Math.max(0.1, Math.round(amount * 10) / 10) : Math.round(amount)
  return `${shown} ${['KB', 'MB', 'GB'][power - 1]}`
}

/** 19900 -> "¥199.00". */
export function yuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0')
  return `${fen < 0 ? '-' : ''}¥${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** "1.50" -> "1.5", "30.0" -> "30". */
export function hours(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
}

/** An instant as date and time in Shanghai, where the rules' days are. */
export function instant(iso: string): string {
  const language = locale.value === 'zh' ? 'zh-CN' : 'en-GB'
  const style = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Shanghai' } as const
  return new Intl.DateTimeFormat(language, style).format(new Date(iso))
}

/** An instant to the second, for records that are compared. */
export function moment(iso: string): string {
  const style = { dateStyle: 'short', timeStyle: 'medium', timeZone: 'Asia/Shanghai' } as const
  return new Intl.DateTimeFormat(locale.value === 'zh' ? 'zh-CN' : 'en-GB', style).format(new Date(iso))
}

const DAY_MS = 86_400_000

/** A civil day in Shanghai, some days from an instant: "2026-11-24". */
export function civilDay(from: Date, days = 0): string {
  const style = { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit' } as const
  return new Intl.DateTimeFormat('sv-SE', style).format(new Date(from.getTime() + days * DAY_MS))
}

/** The month in Shanghai: "2026-11". */
export function thisMonth(): string {
  return civilDay(new Date()).slice(0, 7)
}

/** "199" or "199.5" -> 19950 fen; null: not an amount of at most two decimals. */
export function fenOf(text: string): number | null {
  const found = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(asTyped(text))
  return found ? Number(`${found[1]}${(found[2] ?? '').padEnd(2, '0')}`) : null
}

/** The name of a language, in the language of the page. */
export function languageName(code: string): string {
  return new Intl.DisplayNames([locale.value === 'zh' ? 'zh-CN' : 'en'], { type: 'language' }).of(code) ?? code
}
