// The ledger as people read it: one card per watch, and one line for all certificates that were treated alike.

import type { components } from '@xueshi/client/credits'

type Entry = components['schemas']['EntryAnswer']

export interface Line {
  entry: Entry
  credentials: string[]
}

export interface Watch {
  first: Entry
  lines: Line[]
}

const ORDER: Entry['kind'][] = ['award', 'grant', 'hold', 'release', 'reversal', 'declined']

/** Groups entries, newest first, by watch; within a watch what was awarded comes first. */
export function byWatch(entries: Entry[]): Watch[] {
  const watches = new Map<string, Watch>()
  for (const entry of entries) {
    // What an administrator entered has no watch.
    const key = entry.watch_id || `${entry.title} ${entry.completed_at}`
    const watch = watches.get(key) ?? { first: entry, lines: [] }
    watches.set(key, watch)
    add(watch.lines, entry)
  }
  for (const watch of watches.values()) {
    watch.lines.sort((a, b) => ORDER.indexOf(a.entry.kind) - ORDER.indexOf(b.entry.kind))
  }
  return [...watches.values()]
}

function add(lines: Line[], entry: Entry): void {
  const alike = lines.find(
    ({ entry: other }) =>
      other.kind === entry.kind && other.reason.code === entry.reason.code && other.hours === entry.hours,
  )
  if (alike && entry.credential) alike.credentials.unshift(entry.credential)
  else lines.push({ entry, credentials: entry.credential ? [entry.credential] : [] })
}
