// Civil days in Shanghai, which has one offset all year.

/** The first instant of a day. */
export function startOf(day: string): string {
  return `${day}T00:00:00+08:00`
}

/** The day after. */
export function dayAfter(day: string): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  return new Date(Date.UTC(year, month - 1, date + 1)).toISOString().slice(0, 10)
}

/** Days in words: one of them, or the first and the last. */
export function daysOf(first: string, last: string): string {
  return first === last ? first : `${first} – ${last}`
}

/** The months to choose from, this one (in Shanghai) first: "2026-11". */
export function recentMonths(now: Date, count: number): string[] {
  const [year, month] = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Asia/Shanghai',
    year: 'numeric',
    month: '2-digit',
  })
    .format(now)
    .split('-')
    .map(Number) as [number, number]
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(year, month - 1 - back)).toISOString().slice(0, 7),
  )
}
