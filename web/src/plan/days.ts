import { civilDay } from '../i18n/format'
import { locale } from '../i18n'

/** A civil day (YYYY-MM-DD) as people read it, with its year only where it is another one. */
export function dayOf(day: string, today = civilDay(new Date())): string {
  const year = day.slice(0, 4) === today.slice(0, 4) ? undefined : 'numeric'
  const style = { year, month: 'short', day: 'numeric', timeZone: 'UTC' } as const
  return new Intl.DateTimeFormat(locale.value === 'zh' ? 'zh-CN' : 'en-GB', style).format(new Date(`${day}T00:00:00Z`))
}

/** Civil days in Shanghai from today until a day; 0 on the day itself, and after it. */
export function daysUntil(day: string, today = civilDay(new Date())): number {
  return Math.max(0, Math.round((Date.parse(day) - Date.parse(today)) / 86_400_000))
}
