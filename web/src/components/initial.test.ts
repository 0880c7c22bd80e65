import { describe, expect, it } from 'vitest'
import { initial } from './initial'

describe('the initial of a name', () => {
  it.each([
    ['小张', '小'],
    ['zhang', 'Z'],
    ['\u{2C90A}㛃', '\u{2C90A}'],
    ['\u{1F468}\u200D\u{1F469}\u200D\u{1F467}一家', '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}'],
    ['', ''],
  ])('of %s is one whole character', (name, first) => {
    expect(initial(name)).toBe(first)
  })
})
