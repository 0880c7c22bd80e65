import { describe, expect, it } from 'vitest'
import { Completer, matches, type Completions, type Word } from './completions'

const word = (text: string, sound: string, kind: Word['kind'] = 'keyword'): Word => ({
  kind,
  text,
  text_en: null,
  course_id: null,
  sound: sound.split(' ').filter(Boolean),
})
const FUND = word('基金', 'ji jin')
const PLAN = word('基金规划', 'ji jin gui hua', 'title')

function completer(answers: Record<string, Completions>) {
  const asked: string[] = []
  const made = new Completer((text) => {
    asked.push(text)
    return Promise.resolve(answers[text] ?? { words: [], whole: true })
  })
  return { made, asked }
}

describe('what is offered while somebody types', () => {
  it('narrows a whole answer down without asking', async () => {
    const { made, asked } = completer({ ji: { words: [FUND, PLAN], whole: true } })
    expect(made.knownFor('ji')).toBeNull()
    expect(await made.offered('ji')).toEqual([FUND, PLAN])
    expect(made.knownFor('JI')).toEqual([FUND, PLAN])
    expect(made.knownFor('jijing')).toEqual([PLAN])
    expect(asked).toEqual(['ji'])
  })

  it('asks where the answer was cut, and where nothing is left of it', async () => {
    const { made } = completer({ ji: { words: [FUND], whole: false }, jin: { words: [FUND], whole: true } })
    await made.offered('ji')
    expect(made.knownFor('jij')).toBeNull()
    await made.offered('jin')
    expect(made.knownFor('jinx')).toBeNull()
  })

  it('asks for no single letter and for nothing', () => {
    const { made } = completer({})
    for (const text of ['', '  ', 'j', 'Ｊ', '%']) expect(made.knownFor(text)).toEqual([])
    expect(made.knownFor('基')).toBeNull()
  })
})

describe('a word matches', () => {
  it.each(['基金', '金规', 'jijin', 'jing', 'guihua', 'jjgh', 'jgh', '基金 gui'])('%s', (text) => {
    expect(matches(PLAN, text)).toBe(true)
  })

  it.each(['债', 'ijin', 'uihua', 'j', '基金 zhai'])('not %s', (text) => {
    expect(matches(PLAN, text)).toBe(false)
  })
})
