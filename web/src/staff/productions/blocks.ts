// The blocks of a summary: how their values are typed, and how they are shown beside what they rest on. Pure.

import type { components } from '@xueshi/client/catalog'
import { asTyped } from '../../i18n/typed'
import { branchOf, isFault, outlineOf, type Branch } from './outline'
import type { Block, BlockName, Mark, Source } from './production'

export type ChapterText = components['schemas']['ChapterText']
export type KeyPointText = components['schemas']['KeyPointText']
export type QuestionText = components['schemas']['QuestionText']

/** What each block is, as a course document has it. */
export interface Values {
  keywords: string[]
  abstract: string
  chapters: ChapterText[]
  mind_map: Branch
  key_points: KeyPointText[]
  questions: QuestionText[]
}
export type Value = Values[BlockName]

export interface TypedQuestion {
  text: string
  choices: string[]
  /** Which of the choices is right, from 0. */
  right: number
}

/** Choices of a question that a person writes. */
const CHOICES = 4

/** A part of a block as it is shown: when it is, what it is, what it says. */
export interface Part {
  at?: string
  title?: string
  text?: string
  choices?: { text: string; right: boolean }[]
}

/** The value of a block of this name, which the service names and does not describe. */
export function valueOf<Name extends BlockName>(block: Block, _name: Name): Values[Name] | null {
  return (block.value ?? null) as Values[Name] | null
}

/** The parts of a block that is a list; one for all of any other. */
export function partsOf(block: Block): Part[] {
  switch (block.block) {
    case 'chapters':
      return (valueOf(block, 'chapters') ?? []).map(({ at, title, summary }) => ({ at, title, text: summary }))
    case 'key_points':
      return (valueOf(block, 'key_points') ?? []).map(({ at, question, answer }) => ({
        ...(at ? { at } : {}),
        title: question,
        text: answer,
      }))
    case 'questions':
      return (valueOf(block, 'questions') ?? []).map(({ text, choices, answer }) => ({
        title: text,
        choices: choices.map((choice) => ({ text: choice, right: choice === answer })),
      }))
    case 'abstract':
      return [{ text: valueOf(block, 'abstract') ?? '' }]
    default:
      return [{}]
  }
}

/** Whether each part of the block rests on stretches of its own. */
export function hasParts(block: Block): boolean {
  return block.block === 'chapters' || block.block === 'key_points' || block.block === 'questions'
}

/** What a part rests on; all that the block does where it is one whole. */
export function sourcesOf(block: Block, part: number): Source[] {
  return hasParts(block) ? block.sources.filter((source) => source.part === part) : block.sources
}

/** What must be looked at in a part; what concerns the whole block stands above it, and so does all of one whole. */
export function marksOf(block: Block, part: number | null): Mark[] {
  if (!hasParts(block)) return part === null ? block.marks : []
  return block.marks.filter((mark) => mark.part === part)
}

export function typedQuestion({ text, choices, answer }: QuestionText): TypedQuestion {
  return { text, choices: filledUp(choices), right: Math.max(0, choices.indexOf(answer)) }
}

export function blankQuestion(): TypedQuestion {
  return { text: '', choices: filledUp([]), right: 0 }
}

export function questionOf({ text, choices, right }: TypedQuestion): QuestionText {
  const said = choices.map((choice) => choice.trim())
  return { text: text.trim(), choices: said.filter(Boolean), answer: said[right] ?? '' }
}

/** Chapters in the order in which they are spoken; what is no time stays where it is. */
export function inOrder<Row extends { at?: string | null }>(rows: readonly Row[]): Row[] {
  return rows.some(({ at }) => msOf(at ?? '') === null)
    ? [...rows]
    : [...rows].sort((one, other) => (msOf(one.at ?? '') ?? 0) - (msOf(other.at ?? '') ?? 0))
}

/** "12:30" or "1:02:03" in milliseconds; null: it is no time. */
export function msOf(at: string): number | null {
  if (!/^(\d+:)?\d{1,3}:[0-5]\d$/.test(at)) return null
  return at.split(':').reduce((seconds, digits) => 60 * seconds + Number(digits), 0) * 1000
}

function filledUp(choices: readonly string[]): string[] {
  return Array.from({ length: Math.max(CHOICES, choices.length) }, (_, index) => choices[index] ?? '')
}

/** The values of blocks while they are typed: a mind map as its outline, a question with the place of its answer. */
export interface TypedBlocks extends Omit<Values, 'mind_map' | 'questions'> {
  mind_map: string
  questions: TypedQuestion[]
}

/** What is typed begins as it stands; the other blocks' are empty. */
export function typedBlock(block: Block): TypedBlocks {
  const typed: TypedBlocks = { keywords: [], abstract: '', chapters: [], mind_map: '', key_points: [], questions: [] }
  switch (block.block) {
    case 'mind_map': {
      const map = valueOf(block, 'mind_map')
      return { ...typed, mind_map: map ? outlineOf(map) : '' }
    }
    case 'questions':
      return { ...typed, questions: (valueOf(block, 'questions') ?? []).map(typedQuestion) }
    default:
      // A copy: what is typed changes nothing that is shown.
      return { ...typed, ...(block.value ? { [block.block]: plain(block.value) } : {}) }
  }
}

/** Whether something else was typed than what the block says. */
export function isTyped(block: Block, typed: TypedBlocks): boolean {
  return JSON.stringify(typed) !== JSON.stringify(typedBlock(block))
}

/** What is sent of what was typed; null: nothing that could be sent. */
export function sentValue(name: BlockName, typed: TypedBlocks): Value | null {
  switch (name) {
    case 'mind_map': {
      const map = branchOf(typed.mind_map)
      return isFault(map) ? null : map
    }
    case 'questions':
      return typed.questions.map(questionOf)
    case 'chapters':
      return inOrder(typed.chapters.map((chapter) => ({ ...chapter, at: asTyped(chapter.at) })))
    case 'key_points':
      return typed.key_points.map(({ at, ...said }) => ({ ...said, ...(at ? { at: asTyped(at) } : {}) }))
    default:
      return typed[name]
  }
}

/** Values come as JSON; a copy through it has nothing reactive in it. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
