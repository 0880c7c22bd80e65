// What is said in a lecture, as sentences with their times: captions break where a screen ends, not where a sentence
// does. Pure.

/** One caption. Times are milliseconds of the lecture. */
export interface Cue {
  name: string
  startMs: number
  endMs: number
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
/**
 * The name that the catalogue gives to a cue: the number of the sentence that it begins with, and of its part; where
 * others begin within it, up to which of the cue's letters each of them goes.
 */
const NAMED = /^s(\d+)-\d+((?:,\d+)*)$/
const STOPPED = /(?:[。！？!?…]|(?<!\d)\.)["'”’』」》）)\]]*$/
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u

/** The sentences that these cues spell, in order; one for each cue where they have no full stops. */
export function sentencesOf(cues: readonly Cue[]): Sentence[] {
  const spoken = cues.map((cue) => ({ ...cue, text: onOneLine(cue.text) })).filter((cue) => cue.text)
  return sentencesByName(spoken) ?? sentencesByStops(spoken)
}

/** The sentences that the catalogue named the cues by; null where others named them, or changed the text since. */
function sentencesByName(cues: readonly Cue[]): Sentence[] | null {
  const sentences: Sentence[] = []
  let number = 0
  for (const [index, cue] of cues.entries()) {
    const name = NAMED.exec(cue.name)
    const pieces = name && piecesByName(cue, Math.min(cue.endMs, cues[index + 1]?.startMs ?? Infinity), lettersIn(name))
    if (!name || !pieces) return null
    const last = sentences.at(-1)
    if (last && Number(name[1]) === number) last.text = joined(last.text, pieces.shift()?.text ?? '')
    sentences.push(...pieces)
    number = Number(name[1]) + Math.max(0, lettersIn(name).length - 1)
  }
  return sentences
}

function lettersIn(name: RegExpExecArray): number[] {
  return (name[2] ?? '').split(',').filter(Boolean).map(Number)
}

/** A cue cut after so many letters each, its time shared out by length; null where they do not lead to its last one. */
function piecesByName(cue: Cue, endMs: number, letters: readonly number[]): Sentence[] | null {
  const ends = [...cue.text.matchAll(/\S/gu)].map((found) => found.index + found[0].length)
  if (letters.length && letters.at(-1) !== ends.length) return null
  if (letters.some((count, place) => count <= (letters[place - 1] ?? 0))) return null
  const cuts = [0, ...letters.slice(0, -1).map((count) => ends[count - 1] ?? 0)]
  return cuts.map((begin, place) => ({
    startMs: cue.startMs + Math.floor(((endMs - cue.startMs) * begin) / cue.text.length),
    text: cue.text.slice(begin, cuts[place + 1]).trim(),
  }))
}

function sentencesByStops(cues: readonly Cue[]): Sentence[] {
  const stopped = cues.some((cue) => STOPPED.test(cue.text))
  const sentences: Sentence[] = []
  for (const cue of cues) {
    const last = sentences.at(-1)
    if (last && stopped && !ends(last.text)) last.text = joined(last.text, cue.text)
    else sentences.push({ startMs: cue.startMs, text: cue.text })
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

/** A caption's lines as one, which in Chinese has no blank where a line ended. */
function onOneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/\s+/g, ' ').trim())
  return lines.filter(Boolean).reduce(joined, '')
}

function ends(text: string): boolean {
  return STOPPED.test(text) || text.length >= LONGEST
}

function joined(before: string, after: string): string {
  if (!before) return after
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
