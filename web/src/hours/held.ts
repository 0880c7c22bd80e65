import type { components } from '@xueshi/client/credits'
import { sum } from './decimals'

type Entry = components['schemas']['EntryAnswer']

export interface Held {
  reason: Entry['reason']
  /** Of the lectures, each once: held for several certificates or watched several times, it counts once. */
  hours: string
  courses: Pick<Entry, 'title' | 'title_en'>[]
  credentials: string[]
}

/** What is held, together by reason; the reason met first comes first. */
export function heldByReason(held: Entry[]): Held[] {
  const groups = new Map<string, [Entry, ...Entry[]]>()
  for (const entry of held) {
    const group = groups.get(entry.reason.code)
    if (group) group.push(entry)
    else groups.set(entry.reason.code, [entry])
  }
  return [...groups.values()].map((entries) => {
    // What an administrator entered is no lecture, and stands for itself.
    const lectures = [...new Map(entries.map((entry) => [entry.content_id || entry.entry_id, entry])).values()]
    return {
      reason: entries[0].reason,
      hours: sum(lectures.map((entry) => entry.hours)),
      courses: lectures.map(({ title, title_en }) => ({ title, title_en })),
      credentials: [...new Set(entries.flatMap((entry) => entry.credential ?? []))],
    }
  })
}
