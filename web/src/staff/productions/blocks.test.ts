import { describe, expect, it } from 'vitest'
import {
  blankQuestion,
  inOrder,
  marksOf,
  msOf,
  partsOf,
  questionOf,
  sentValue,
  sourcesOf,
  typedBlock,
  typedQuestion,
} from './blocks'
import type { Block } from './production'
import { sampleBlock } from './sample'

const mark = (part: number | null) => ({ part, message: '查无出处', message_en: 'not found' })
const source = (part: number) => ({ part, start_ms: 1_000, end_ms: 2_000, said: '久期' })

function block(of: Partial<Block>): Block {
  return sampleBlock('chapters', { state: 'draft', ...of })
}

describe('a block of the summary', () => {
  it('is shown in parts, each with what it rests on and what must be looked at', () => {
    const value = [
      { at: '00:00', title: '开始', summary: '一' },
      { at: '12:30', title: '久期', summary: '二' },
    ]
    const chapters = block({ value, sources: [source(0), source(1)], marks: [mark(1), mark(null)] })
    expect(partsOf(chapters).map(({ at, title, text }) => [at, title, text])).toEqual([
      ['00:00', '开始', '一'],
      ['12:30', '久期', '二'],
    ])
    expect(sourcesOf(chapters, 1)).toEqual([source(1)])
    expect([marksOf(chapters, 0), marksOf(chapters, 1), marksOf(chapters, null)].map((marks) => marks.length)).toEqual([
      0, 1, 1,
    ])
  })

  it('is shown as one where it is one', () => {
    const abstract = block({ block: 'abstract', value: '摘要', sources: [source(0), source(3)], marks: [mark(2)] })
    expect(partsOf(abstract)).toEqual([{ text: '摘要' }])
    expect(sourcesOf(abstract, 0)).toHaveLength(2)
    expect(marksOf(abstract, null)).toHaveLength(1)
  })

  it('says which choice is right', () => {
    const questions = block({ block: 'questions', value: [{ text: '几？', choices: ['一', '二'], answer: '二' }] })
    expect(partsOf(questions)[0]?.choices?.map(({ right }) => right)).toEqual([false, true])
  })
})

describe('a question that is typed', () => {
  it('has four choices, of which one is right, and is sent as it came', () => {
    const question = { text: '几？', choices: ['一', '二'], answer: '二' }
    const typed = typedQuestion(question)
    expect(typed).toEqual({ text: '几？', choices: ['一', '二', '', ''], right: 1 })
    expect(questionOf(typed)).toEqual(question)
    expect(questionOf(blankQuestion())).toEqual({ text: '', choices: [], answer: '' })
  })

  it('keeps its right choice though one before it is empty', () => {
    expect(questionOf({ text: '几？', choices: ['', '二', ' 三 '], right: 2 })).toMatchObject({
      choices: ['二', '三'],
      answer: '三',
    })
  })
})

describe('times of chapters', () => {
  it('are taken with colons of full width', () => {
    const typed = typedBlock(sampleBlock('chapters'))
    typed.chapters = [{ at: '12：30', title: '久期', summary: '' }]
    expect(sentValue('chapters', typed)).toMatchObject([{ at: '12:30' }])
    typed.key_points = [{ at: '0：05', question: '问', answer: '答' }]
    expect(sentValue('key_points', typed)).toMatchObject([{ at: '0:05' }])
  })

  it.each([
    ['00:00', 0],
    ['12:30', 750_000],
    ['95:01', 5_701_000],
    ['1:02:03', 3_723_000],
    ['12:75', null],
    ['soon', null],
  ])('%s', (at, ms) => {
    expect(msOf(at)).toBe(ms)
  })

  it('bring chapters into order, unless one is no time', () => {
    const rows = [{ at: '10:00' }, { at: '9:00' }]
    expect(inOrder(rows).map(({ at }) => at)).toEqual(['9:00', '10:00'])
    expect(inOrder([...rows, { at: '' }]).map(({ at }) => at)).toEqual(['10:00', '9:00', ''])
  })
})
