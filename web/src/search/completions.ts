// What the search offers while somebody types. An answer that was whole is narrowed down here as they type on, so most
// keystrokes ask nobody.

import type { components } from '@xueshi/client/catalog'
import { asRead } from './criteria'

export type Word = components['schemas']['CompletionAnswer']
export interface Completions {
  words: Word[]
  whole: boolean
}

/** One Latin letter says nothing: nothing is offered for it. */
const ASKABLE = /^(?![a-z0-9]$)./

/** What is remembered of answers; the edge remembers for longer. */
const REMEMBERED = 50

export class Completer {
  private readonly known = new Map<string, Completions>()

  constructor(private readonly ask: (text: string) => Promise<Completions>) {}

  /** What is known for the text without asking; null where the service must be asked. */
  knownFor(text: string): Word[] | null {
    const asked = asRead(text)
    if (!ASKABLE.test(asked)) return []
    const exact = this.known.get(asked)
    if (exact) return exact.words
    for (let length = asked.length - 1; length > 0; length -= 1) {
      const before = this.known.get(asked.slice(0, length).trimEnd())
      if (!before?.whole) continue
      const words = before.words.filter((word) => matches(word, asked))
      // Nothing left may also mean that it is spelled or written otherwise, which the service knows.
      return words.length > 0 ? words : null
    }
    return null
  }

  /** What the service offers. Throws Problem. */
  async offered(text: string): Promise<Word[]> {
    const asked = asRead(text)
    const answer = await this.ask(asked)
    const oldest = this.known.keys().next()
    if (this.known.size >= REMEMBERED && !oldest.done) this.known.delete(oldest.value)
    this.known.set(asked, answer)
    return answer.words
  }
}

/** By the service's rule, as far as it can be told here. */
export function matches(word: Word, asked: string): boolean {
  const written = [asRead(word.text, Infinity), asRead(word.text_en ?? '', Infinity)]
  return asked.split(' ').every((term) => written.some((text) => text.includes(term)) || sounds(word.sound, term))
}

function sounds(sound: string[], term: string): boolean {
  if (!/^[a-z0-9]{2,}$/.test(term)) return false
  const initials = sound.map((syllable) => syllable.charAt(0)).join('')
  return initials.includes(term) || sound.some((_, place) => sound.slice(place).join('').startsWith(term))
}
