import { describe, expect, it } from 'vitest'
import { coverOf, headlineOf } from './cover'

const course = (title: string, keywords: string[] = [], id = 'c') => ({ id, title, keywords })

/** The contrast of two colours (WCAG 2). */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const SUBJECTS = [
  '家族信托',
  '保单整理',
  '税务居民身份',
  '养老缺口',
  '债券久期',
  '滚动现金流',
  '初次面谈',
  '财富来源',
  '资产配置',
  '其他',
]

describe('a cover', () => {
  it('is the same for the same course, and differs between two of a subject', () => {
    expect(coverOf(course('家族信托'))).toEqual(coverOf(course('家族信托')))
    expect(coverOf(course('家族信托', [], 'a')).shapes).not.toEqual(coverOf(course('家族信托', [], 'b')).shapes)
    expect(coverOf(course('家族信托', [], 'a')).deep).toBe(coverOf(course('信托与婚姻', [], 'b')).deep)
  })

  it('has a look of its own for each subject, by its title or else by most of its keywords', () => {
    expect(new Set(SUBJECTS.map((title) => coverOf(course(title)).deep)).size).toBe(SUBJECTS.length)
    expect(coverOf(course('导论', ['债券', '久期', '税'])).deep).toBe(coverOf(course('债券')).deep)
  })

  it('carries white text', () => {
    for (const title of SUBJECTS) {
      const { deep, mid } = coverOf(course(title))
      expect(contrast(deep, '#ffffff')).toBeGreaterThan(7)
      expect(contrast(mid, '#ffffff')).toBeGreaterThan(4.5)
    }
  })

  it('draws nothing that is no number', () => {
    for (const title of SUBJECTS)
      for (const { d } of coverOf(course(title)).shapes) expect(d).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('is headed by what the title begins with', () => {
    expect(headlineOf('初次面谈：把闲聊听成财务目标')).toBe('初次面谈')
    expect(headlineOf('The first meeting: hearing goals')).toBe('The first meeting')
    expect(headlineOf('：')).toBe('：')
  })
})
