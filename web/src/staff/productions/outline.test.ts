import { describe, expect, it } from 'vitest'
import { branchOf, outlineOf } from './outline'

const MAP = {
  text: '久期',
  children: [
    { text: '含义', children: [{ text: '加权时间', children: [{ text: '现值', children: [] }] }] },
    { text: '用途', children: [] },
  ],
}
const TEXT = '# 久期\n\n- 含义\n  - 加权时间\n    - 现值\n- 用途\n'

describe('an outline', () => {
  it('is the mind map as text, and back', () => {
    expect(outlineOf(MAP)).toBe(TEXT)
    expect(branchOf(TEXT)).toEqual(MAP)
  })

  it('is read as it is typed: tabs, wide blanks, other bullets, empty lines', () => {
    expect(branchOf('#久期\n* 含义\n\t- 加权时间\n\u3000\u3000- 现值\n\n+ 用途')).toEqual(MAP)
  })

  it('is nothing where nothing is typed', () => {
    expect(branchOf(' \n\n')).toBeNull()
  })

  it.each([
    ['- 含义', { line: 1, why: 'noTopic' }],
    ['# 久期\n# 凸性', { line: 2, why: 'secondTopic' }],
    ['# 久期\n\n含义', { line: 3, why: 'noBranch' }],
    ['# 久期\n- 含义\n    - 现值', { line: 3, why: 'tooDeep' }],
    ['# 久期\n  - 含义', { line: 2, why: 'tooDeep' }],
  ])('says what is wrong with %j', (text, fault) => {
    expect(branchOf(text)).toEqual(fault)
  })
})
