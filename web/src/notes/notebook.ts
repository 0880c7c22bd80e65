// The learner's notes on a page: shown as they were meant at once, kept until the service has them, and where another
// device was faster, both texts side by side. No framework: `useNotes.ts` makes it reactive and gives it the service.

import type { Problem } from '../api/problem'

export const MAX_TEXT = 2_000

export interface Content {
  at_ms: number
  text: string
}

/** What the service has. */
export interface Note extends Content {
  note_id: string
  course_id: string
  edition: number
}

/** The note as another device has left it. */
export interface Theirs extends Content {
  edition: number
  deleted: boolean
}

/** A note on the page. What is shown is what was meant: `edition` is that of the service, 0 where it has none yet. */
export interface Entry extends Note {
  state: 'saved' | 'saving' | 'unsaved' | 'conflict'
  problem: Problem | null
  /** Where it is a conflict; null: the service has none any more. */
  theirs: Theirs | null
}

/** The service. All of it throws Problem, after it has been asked again where that could help. */
export interface Service {
  write(note: Note): Promise<Note>
  /** Answers the edition that brings it back. */
  remove(note: Note): Promise<number | null>
}

export interface Deleted {
  entry: Entry
  /** The edition that brings it back; null while the service is asked. */
  edition: number | null
}

export class Notebook {
  entries: Entry[] = []
  /** What was deleted last and can come back. */
  deleted: Deleted | null = null

  constructor(
    private readonly service: Service,
    private readonly newId: () => string,
    private readonly asProblem: (thrown: unknown) => Problem,
    private readonly changed: () => void,
  ) {}

  /** Takes what the service has, of one course or of all; what is not saved yet stays. */
  take(notes: Note[], courseId?: string): void {
    const kept = this.entries.filter((entry) => entry.state !== 'saved' || (courseId && entry.course_id !== courseId))
    const held = new Set(kept.map((entry) => entry.note_id))
    this.entries = [...notes.filter((note) => !held.has(note.note_id)).map(savedAs), ...kept]
    this.changed()
  }

  /** Whether something would be lost with the page. */
  get unsaved(): boolean {
    return this.entries.some((entry) => entry.state !== 'saved')
  }

  /** Adds a note; without text it is a bookmark. */
  async add(courseId: string, content: Content): Promise<void> {
    const note = { ...content, note_id: this.newId(), course_id: courseId, edition: 0 }
    this.entries = [...this.entries, { ...savedAs(note), state: 'saving' }]
    await this.send(note)
  }

  /** Changes what a note says; also tries again what could not be saved. */
  async write(entry: Entry, content: Content): Promise<void> {
    if (entry.state === 'saved' && entry.at_ms === content.at_ms && entry.text === content.text) return
    await this.send({ ...entry, ...content })
  }

  /** Takes a note away at once. One that the service never had is gone with that. */
  async remove(entry: Entry): Promise<void> {
    this.entries = this.entries.filter((other) => other.note_id !== entry.note_id)
    if (entry.edition === 0) {
      this.changed()
      return
    }
    const deleted: Deleted = { entry, edition: null }
    this.deleted = deleted
    this.changed()
    try {
      deleted.edition = await this.service.remove(entry)
    } catch (thrown) {
      this.failed(entry, thrown)
      if (this.deleted === deleted) this.deleted = null
    }
    this.changed()
  }

  /** Brings back what was deleted last. */
  async undo(): Promise<void> {
    const deleted = this.deleted
    if (deleted === null || deleted.edition === null) return
    this.deleted = null
    await this.send({ ...deleted.entry, edition: deleted.edition })
  }

  /** Lets this device's text replace the other one's. */
  async useMine(entry: Entry): Promise<void> {
    await this.send({ ...entry, edition: entry.theirs?.edition ?? 0 })
  }

  /** Shows what the other device wrote, and lets this one's text go. */
  useTheirs(entry: Entry): void {
    const { theirs } = entry
    const others = this.entries.filter((other) => other.note_id !== entry.note_id)
    this.entries = theirs && !theirs.deleted ? [...others, savedAs({ ...entry, ...theirs })] : others
    this.changed()
  }

  /** Keeps what the other device wrote, and this one's text as a note of its own. */
  async keepBoth(entry: Entry): Promise<void> {
    this.useTheirs(entry)
    await this.add(entry.course_id, { at_ms: entry.at_ms, text: entry.text })
  }

  private async send(note: Note): Promise<void> {
    this.put({ ...savedAs(note), state: 'saving' })
    try {
      const written = await this.service.write(note)
      this.put(savedAs(written))
    } catch (thrown) {
      this.failed(note, thrown)
    }
  }

  private failed(note: Note, thrown: unknown): void {
    const problem = this.asProblem(thrown)
    const isConflict = problem.code === 'NOTE_CHANGED'
    const theirs = isConflict ? theirsOf(problem) : null
    this.put({ ...savedAs(note), state: isConflict ? 'conflict' : 'unsaved', problem, theirs })
  }

  private put(entry: Entry): void {
    this.entries = [...this.entries.filter((other) => other.note_id !== entry.note_id), entry]
    this.changed()
  }
}

/** In the order of the lecture. */
export function byTime(entries: Entry[]): Entry[] {
  return [...entries].sort((a, b) => a.at_ms - b.at_ms || a.note_id.localeCompare(b.note_id))
}

function savedAs(note: Note): Entry {
  const { note_id, course_id, at_ms, text, edition } = note
  return { note_id, course_id, at_ms, text, edition, state: 'saved', problem: null, theirs: null }
}

function theirsOf(problem: Problem): Theirs | null {
  return (problem.body.note as Theirs | null | undefined) ?? null
}

/** "12:34" or "1:02:03" -> milliseconds; null: not a time. */
export function millisecondsOf(text: string): number | null {
  const found = /^(?:(\d{1,2}):)?(\d{1,3}):([0-5]?\d)$/.exec(text.normalize('NFKC').trim())
  if (!found) return null
  const [hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0)) as [number, number, number]
  return hours > 0 && minutes > 59 ? null : ((hours * 60 + minutes) * 60 + seconds) * 1000
}
