import { describe, expect, it } from 'vitest'
import type { components } from '@xueshi/client/credits'
import { byWatch } from './timeline'

type Entry = components['schemas']['EntryAnswer']

function entry(number: number, changes: Partial<Entry>): Entry {
  return {
    number,
    entry_id: `entry-${number}`,
    at: '2026-03-01T00:00:00Z',
    completed_at: '2026-03-01T00:00:00Z',
    category: 'elective',
    content_version: 'v1',
    content_id: 'lecture',
    course_hours: '1.5',
    course_id: 'course',
    credential: 'AFP',
    hours: '1.5',
    kind: 'award',
    note: null,
    period: null,
    reason: { code: 'COMPLETED', text: '', text_en: '' },
    settles: null,
    title: '一门课',
    title_en: 'A course',
    watch_id: 'watch-1',
    ...changes,
  }
}

describe('the timeline', () => {
  it('puts a watch on one card, what was awarded first, and certificates that were treated alike on one line', () => {
    const held = { kind: 'hold', reason: { code: 'NO_CERTIFICATE', text: '', text_en: '' } } as const
    const entries = [
      entry(4, { watch_id: 'watch-2', credential: null, kind: 'declined', hours: '0' }),
      entry(3, { ...held, credential: 'EFP' }),
      entry(2, { ...held, credential: 'CFP' }),
      entry(1, {}),
    ]
    const lines = byWatch(entries).map((watch) => watch.lines.map((l) => [l.entry.kind, ...l.credentials].join(' ')))
    expect(lines).toEqual([['declined'], ['award AFP', 'hold CFP EFP']])
  })

  it('does not merge what moved different hours', () => {
    const entries = [entry(2, { credential: 'CFP', hours: '1.0' }), entry(1, {})]
    expect(byWatch(entries)[0]?.lines).toHaveLength(2)
  })
})
