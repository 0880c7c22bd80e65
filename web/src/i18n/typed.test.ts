import { expect, test } from 'vitest'
import { asTyped } from './typed'

test.each([
  ['１２３４５６', '123456'],
  [' 123 456\u00a0', '123456'],
  ['\u200b123456\ufeff', '123456'],
  ['ＡＦＰ－０１', 'AFP-01'],
  ['011002300411–12345678', '011002300411-12345678'],
  ['ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'zhang@example.com'],
  ['12345O', '12345O'],
])('%s is read as it was meant', (typed, meant) => {
  expect(asTyped(typed)).toBe(meant)
})
