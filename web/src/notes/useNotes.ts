import { shallowRef, triggerRef, watch, type ShallowRef } from 'vue'
import { editing, result } from '../api/client'
import { asProblem } from '../api/problem'
import { signedInAs } from '../api/session'
import { Notebook, type Note } from './notebook'

/** Random, as the service wants a note's id: 32 hexadecimal digits. */
function newId(): string {
  return crypto.randomUUID().replaceAll('-', '')
}

function write(note: Note): Promise<Note> {
  const params = { path: { course_id: note.course_id, note_id: note.note_id } }
  const body = { at_ms: note.at_ms, text: note.text, replaces: note.edition }
  return result(editing.PUT('/v1/catalog/notes/{course_id}/{note_id}', { params, body }))
}

async function remove(note: Note): Promise<number | null> {
  const path = { course_id: note.course_id, note_id: note.note_id }
  const params = { path, query: { replaces: note.edition } }
  return (await result(editing.DELETE('/v1/catalog/notes/{course_id}/{note_id}', { params }))).edition
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

function empty(): Notebook {
  const made: Notebook = new Notebook({ write, remove }, newId, asProblem, () => {
    if (book.value !== made) return
    triggerRef(book)
    // Only while something would be lost: a page that listens is not kept by the browser for going back.
    if (made.unsaved) addEventListener('beforeunload', warn)
    else removeEventListener('beforeunload', warn)
  })
  return made
}

const book: ShallowRef<Notebook> = shallowRef(empty())
// On a computer that several use, nobody finds another one's notes.
watch(signedInAs, () => {
  removeEventListener('beforeunload', warn)
  book.value = empty()
})

/** The learner's notes, one book for all pages: what could not be saved on one is still there on the next. */
export function useNotes(): ShallowRef<Notebook> {
  return book
}
