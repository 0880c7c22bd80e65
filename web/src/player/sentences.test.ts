import { describe, expect, it } from 'vitest'
import { findText, piecesOf, sentencesOf, spokenAt, type Cue } from './sentences'

const cues = (...texts: string[]): Cue[] =>
  texts.map((text, index) => ({ name: '', startMs: index * 1000, endMs: index * 1000 + 1000, text }))
const named = (...given: [name: string, text: string][]): Cue[] =>
  cues(...given.map(([, text]) => text)).map((cue, index) => ({ ...cue, name: given[index]?.[0] ?? '' }))
const textsOf = (given: Cue[]): string[] => sentencesOf(given).map((sentence) => sentence.text)

describe('the sentences of captions', () => {
  it('go from one full stop to the next, with the time of their first cue', () => {
    expect(sentencesOf(cues('先看久期，', '再看凸性。', '然后呢？'))).toEqual([
      { startMs: 0, text: '先看久期，再看凸性。' },
      { startMs: 2000, text: '然后呢？' },
    ])
  })

  it('have a space between words of letters only', () => {
    expect(textsOf(cues('Look at the\nprice', 'of 3.', '5 percent.'))).toEqual(['Look at the price of 3. 5 percent.'])
  })

  it('end with the closing mark after the stop', () => {
    expect(textsOf(cues('他说：“够了。”', '（笑）', '好。'))).toEqual(['他说：“够了。”', '（笑）好。'])
  })

  it('are the cues where there is no full stop, and end at last where one is missing', () => {
    expect(textsOf(cues('先看久期', '再看凸性'))).toEqual(['先看久期', '再看凸性'])
    const endless = cues('好。', ...Array.from({ length: 10 }, () => '长'.repeat(100)))
    expect(textsOf(endless).map((text) => text.length)).toEqual([2, 300, 300, 300, 100])
  })

  it('are those that the catalogue named', () => {
    const given = named(['s1-1', '利率升了。价格'], ['s1-2', '就跌。'], ['s2-1', '反过来'], ['s2-2', '也是。'])
    expect(textsOf(given)).toEqual(['利率升了。价格就跌。', '反过来也是。'])
  })

  it('begin and end within a cue where the catalogue says so, and share out its time', () => {
    const given = named(['s1-1,4,7', '各位好。\n𠮷日讲'], ['s2-2,4,14', 'Fed. We buy bonds'], ['s3-2', 'at 3 percent.'])
    expect(sentencesOf(given)).toEqual([
      { startMs: 0, text: '各位好。' },
      { startMs: 500, text: '𠮷日讲Fed.' },
      { startMs: 1235, text: 'We buy bonds at 3 percent.' },
    ])
  })

  it('follow the full stops where the text is another one than was named', () => {
    const given = named(['s1-1,4,6', '各位都好。今天'], ['s2-2', '讲久期。'])
    expect(textsOf(given)).toEqual(['各位都好。今天讲久期。'])
  })

  it('follow the full stops where others named them so that no text goes that way', () => {
    for (const name of ['s1-1,3,1,5', 's1-1,2,2,5', 's1-1,0,5']) {
      expect(textsOf(named([name, '一。二三。']))).toEqual(['一。二三。'])
    }
  })

  it('have no blank where a line of Chinese ended', () => {
    expect(textsOf(cues('先看久期，\n再看凸性。', 'bond\nprices'))).toEqual(['先看久期，再看凸性。', 'bond prices'])
  })

  it('leave out what says nothing', () => {
    expect(sentencesOf(cues('', ' \n '))).toEqual([])
  })
})

describe('the sentence that is spoken', () => {
  it('is the last one that has begun', () => {
    const sentences = sentencesOf(cues('一。', '二。', '三。'))
    expect([-1, 0, 999, 1000, 9000].map((at) => spokenAt(sentences, at))).toEqual([-1, 0, 0, 1, 2])
  })
})

describe('finding in the sentences', () => {
  const sentences = sentencesOf(cues('ＥＴＦ和 etf 一样。', '债券不是ETF。'))

  it('overlooks width and case, and finds each place', () => {
    expect(findText(sentences, ' Etf ')).toEqual([
      { sentence: 0, start: 0, end: 3 },
      { sentence: 0, start: 5, end: 8 },
      { sentence: 1, start: 4, end: 7 },
    ])
  })

  it('finds nothing for blanks, and what is not there', () => {
    expect(findText(sentences, '  ')).toEqual([])
    expect(findText(sentences, '基金')).toEqual([])
  })

  it('keeps the places where a character has a longer plain form', () => {
    expect(findText([{ startMs: 0, text: '㎏与ETF' }], 'etf')).toEqual([{ sentence: 0, start: 2, end: 5 }])
  })

  it('cuts a sentence at what was found, numbered through', () => {
    const hits = findText(sentences, 'etf')
    expect(piecesOf('债券不是ETF。', 1, hits)).toEqual([
      { text: '债券不是', hit: null },
      { text: 'ETF', hit: 2 },
      { text: '。', hit: null },
    ])
  })
})
