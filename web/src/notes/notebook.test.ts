// @vitest-environment happy-dom

import { describe, expect, it } from 'vitest'
import { asProblem, Problem } from '../api/problem'
import { byTime, millisecondsOf, Notebook, type Note, type Service } from './notebook'

/** The service's rules for one note, and its answers when the test says so. */
class Simulated implements Service {
  readonly held = new Map<string, Note & { deleted: boolean }>()
  failing: Problem | null = null

  write(note: Note): Promise<Note> {
    return this.answer(() => {
      const before = this.held.get(note.note_id)
      if (before && !before.deleted && before.text === note.text && before.at_ms === note.at_ms) return { ...before }
      if ((before?.edition ?? 0) !== note.edition) throw changed(before)
      const after = { ...note, edition: note.edition + 1, deleted: false }
      this.held.set(note.note_id, after)
      return { ...after }
    })
  }

  remove(note: Note): Promise<number | null> {
    return this.answer(() => {
      const before = this.held.get(note.note_id)
      if (!before || before.deleted) return before?.edition ?? null
      if (before.edition !== note.edition) throw changed(before)
      this.held.set(note.note_id, { ...before, text: '', deleted: true, edition: before.edition + 1 })
      return before.edition + 1
    })
  }

  get texts(): string[] {
    return [...this.held.values()].filter((note) => !note.deleted).map((note) => note.text)
  }

  private async answer<T>(act: () => T): Promise<T> {
    await Promise.resolve()
    if (this.failing) throw this.failing
    return act()
  }
}

function changed(note: (Note & { deleted: boolean }) | undefined): Problem {
  return Problem.of(409, { code: 'NOTE_CHANGED', detail: 'x', note: note ?? null })
}

function device(service: Service): Notebook {
  let made = 0
  return new Notebook(
    service,
    () => `${(made += 1)}`.padStart(32, String(Math.random()).slice(2, 10)),
    asProblem,
    () => undefined,
  )
}

const first = (book: Notebook) => book.entries[0]!
const synced = (service: Simulated): Note[] =>
  [...service.held.values()].filter((note) => !note.deleted).map((note) => ({ ...note }))

describe('the notebook', () => {
  it('shows a note at once, and that it is saved once it is', async () => {
    const book = device(new Simulated())
    const adding = book.add('bonds', { at_ms: 1000, text: '久期' })
    expect(first(book)).toMatchObject({ text: '久期', state: 'saving', edition: 0 })
    await adding
    expect(first(book)).toMatchObject({ text: '久期', state: 'saved', edition: 1 })
    expect(book.unsaved).toBe(false)
  })

  it('keeps what could not be saved, and saves it when asked again', async () => {
    const service = new Simulated()
    const book = device(service)
    service.failing = Problem.network()
    await book.add('bonds', { at_ms: 1000, text: '久期' })
    expect(first(book)).toMatchObject({ text: '久期', state: 'unsaved' })
    expect(book.unsaved).toBe(true)
    book.take([], 'bonds')
    service.failing = null
    await book.write(first(book), first(book))
    expect(first(book).state).toBe('saved')
    expect(service.texts).toEqual(['久期'])
  })

  it('sends nothing where nothing was changed', async () => {
    const service = new Simulated()
    const book = device(service)
    await book.add('bonds', { at_ms: 1000, text: '久期' })
    await book.write(first(book), { at_ms: 1000, text: '久期' })
    expect(first(book).edition).toBe(1)
  })

  it('brings back what was deleted', async () => {
    const service = new Simulated()
    const book = device(service)
    await book.add('bonds', { at_ms: 1000, text: '久期' })
    const deleting = book.remove(first(book))
    expect([book.entries, book.deleted?.edition]).toEqual([[], null])
    await deleting
    expect(service.texts).toEqual([])
    await book.undo()
    expect(service.texts).toEqual(['久期'])
    expect([first(book).state, book.deleted]).toEqual(['saved', null])
  })

  it('shows again what could not be deleted', async () => {
    const service = new Simulated()
    const book = device(service)
    await book.add('bonds', { at_ms: 1000, text: '久期' })
    service.failing = Problem.network()
    await book.remove(first(book))
    expect(first(book)).toMatchObject({ text: '久期', state: 'unsaved' })
    expect(book.deleted).toBeNull()
  })

  it('lets one that was never saved go without asking anybody', async () => {
    const service = new Simulated()
    const book = device(service)
    service.failing = Problem.network()
    await book.add('bonds', { at_ms: 1000, text: '久期' })
    await book.remove(first(book))
    expect([book.entries, book.deleted]).toEqual([[], null])
  })

  describe('of two devices', () => {
    async function conflict() {
      const service = new Simulated()
      const [phone, desk] = [device(service), device(service)]
      await phone.add('bonds', { at_ms: 1000, text: '从前' })
      desk.take(synced(service), 'bonds')
      await phone.write(first(phone), { at_ms: 1000, text: '手机' })
      await desk.write(first(desk), { at_ms: 1000, text: '电脑' })
      expect(first(desk)).toMatchObject({ text: '电脑', state: 'conflict', theirs: { text: '手机', edition: 2 } })
      expect(service.texts).toEqual(['手机'])
      return { service, desk }
    }

    it('lets the later text replace the other one only when told to', async () => {
      const { service, desk } = await conflict()
      await desk.useMine(first(desk))
      expect(service.texts).toEqual(['电脑'])
      expect(first(desk)).toMatchObject({ state: 'saved', edition: 3 })
    })

    it('takes the other one', async () => {
      const { service, desk } = await conflict()
      desk.useTheirs(first(desk))
      expect(first(desk)).toMatchObject({ text: '手机', state: 'saved', edition: 2 })
      expect(service.texts).toEqual(['手机'])
    })

    it('keeps both', async () => {
      const { service, desk } = await conflict()
      await desk.keepBoth(first(desk))
      expect(service.texts.sort()).toEqual(['手机', '电脑'].sort())
      expect(desk.entries.map((entry) => entry.state)).toEqual(['saved', 'saved'])
    })

    it('says that the note is gone, and keeps the text until somebody decides', async () => {
      const service = new Simulated()
      const [phone, desk] = [device(service), device(service)]
      await phone.add('bonds', { at_ms: 1000, text: '从前' })
      desk.take(synced(service), 'bonds')
      await phone.remove(first(phone))
      await desk.write(first(desk), { at_ms: 1000, text: '电脑' })
      expect(first(desk)).toMatchObject({ text: '电脑', state: 'conflict', theirs: { deleted: true } })
      await desk.useMine(first(desk))
      expect(service.texts).toEqual(['电脑'])
    })
  })

  it('takes the notes of one course and leaves those of others', () => {
    const book = device(new Simulated())
    const note = (id: string, course: string): Note => ({
      note_id: id,
      course_id: course,
      at_ms: 1,
      text: id,
      edition: 1,
    })
    book.take([note('1', 'bonds'), note('2', 'stocks')])
    book.take([note('3', 'bonds')], 'bonds')
    expect(book.entries.map((entry) => entry.note_id).sort()).toEqual(['2', '3'])
    expect(byTime(book.entries).map((entry) => entry.note_id)).toEqual(['2', '3'])
  })
})

describe('a time of a lecture', () => {
  it.each([
    ['12:34', 754_000],
    ['1:02:03', 3_723_000],
    ['0:00', 0],
    ['１２：３４', 754_000],
    ['90:00', 5_400_000],
  ])('%s is read', (text, expected) => {
    expect(millisecondsOf(text)).toBe(expected)
  })

  it.each(['', '12', '12:99', '1:60:00', '-1:00', 'x'])('%j is none', (text) => {
    expect(millisecondsOf(text)).toBeNull()
  })
})
