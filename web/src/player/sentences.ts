// What is said in a lecture, as sentences with their times: captions break where a screen ends, not where a sentence
// does. Pure.

/** One caption. Times are milliseconds of the lecture. */
export interface Cue {
  name: string
  startMs: number
  text: string
}

export interface Sentence {
  startMs: number
  text: string
}

/** Where a text was found: from `start` up to `end`, in UTF-16 units of the sentence of this number (from 0). */
export interface Hit {
  sentence: number
  start: number
  end: number
}

/** A stretch of a sentence; `hit` is the number of what was found there, null between. */
export interface Piece {
  text: string
  hit: number | null
}

/** A sentence that nothing ends is ended here, characters. */
const LONGEST = 300
/** The name that the catalogue gives to a cue: the number of its sentence, and of its part. */
const NAMED = /^s(\d+)-\d+$/
const STOPPED = /(?:[。！？!?…]|(?<!\d)\.)["'”’』」》）)\]]*$/
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u

/** The sentences that these cues spell, in order; one for each cue where they have no full stops. */
export function sentencesOf(cues: readonly Cue[]): Sentence[] {
  const spoken = cues.map((cue) => ({ ...cue, text: cue.text.replace(/\s+/g, ' ').trim() })).filter((cue) => cue.text)
  const named = spoken.every((cue) => NAMED.test(cue.name))
  const stopped = spoken.some((cue) => STOPPED.test(cue.text))
  const sentences: Sentence[] = []
  let before: Cue | null = null
  for (const cue of spoken) {
    const last = sentences.at(-1)
    const goesOn = named ? sentenceOf(cue) === sentenceOf(before) : stopped && last !== undefined && !ends(last.text)
    if (last && goesOn) last.text = joined(last.text, cue.text)
    else sentences.push({ startMs: cue.startMs, text: cue.text })
    before = cue
  }
  return sentences
}

/** The number of the sentence that is spoken at this moment, or was spoken last; -1 before the first. */
export function spokenAt(sentences: readonly Sentence[], atMs: number): number {
  return sentences.findLastIndex((sentence) => sentence.startMs <= atMs)
}

/** Where the text stands, in order, whatever its width and case; nowhere if it is blank. */
export function findText(sentences: readonly Sentence[], text: string): Hit[] {
  const wanted = plain(text.trim())
  if (!wanted) return []
  return sentences.flatMap((sentence, index) =>
    placesOf(plain(sentence.text), wanted).map((start) => ({ sentence: index, start, end: start + wanted.length })),
  )
}

/** The sentence of this number, cut where something was found. */
export function piecesOf(text: string, sentence: number, hits: readonly Hit[]): Piece[] {
  const pieces: Piece[] = []
  let shown = 0
  hits.forEach((hit, number) => {
    if (hit.sentence !== sentence) return
    if (hit.start > shown) pieces.push({ text: text.slice(shown, hit.start), hit: null })
    pieces.push({ text: text.slice(hit.start, hit.end), hit: number })
    shown = hit.end
  })
  if (shown < text.length) pieces.push({ text: text.slice(shown), hit: null })
  return pieces
}

function sentenceOf(cue: Cue | null): string | undefined {
  return cue ? NAMED.exec(cue.name)?.[1] : undefined
}

function ends(text: string): boolean {
  return STOPPED.test(text) || text.length >= LONGEST
}

function joined(before: string, after: string): string {
  const apart = WIDE.test(before.at(-1) ?? '') || WIDE.test(after.charAt(0)) ? '' : ' '
  return before + apart + after
}

/** Without differences of width and case, each unit in its place. */
function plain(text: string): string {
  return Array.from(text, (character) => {
    const same = character.normalize('NFKC').toLowerCase()
    return same.length === character.length ? same : character
  }).join('')
}

function placesOf(text: string, wanted: string): number[] {
  const places: number[] = []
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) places.push(at)
  return places
}
