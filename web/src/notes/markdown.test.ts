// @vitest-environment happy-dom

import { expect, it } from 'vitest'
import { markdownOf } from './markdown'

it('writes each note with a link to its time, and means nothing that was only typed', () => {
  const notes = [
    { at_ms: 754_000, text: '# 久期 *重要* <b>\n1. 第二行' },
    { at_ms: 3_600_000, text: '' },
  ]
  const text = markdownOf(
    '我的笔记',
    '导出于 2026-11-30',
    [{ title: '债券 [入门]', url: 'https://x/w', notes }],
    '书签',
  )
  expect(text).toBe(
    [
      '# 我的笔记',
      '',
      '导出于 2026-11-30',
      '',
      '## 债券 \\[入门\\]',
      '',
      '- [12:34](https://x/w?at=754000) \\# 久期 \\*重要\\* \\<b\\>  ',
      '  1\\. 第二行',
      '- [1:00:00](https://x/w?at=3600000) *书签*',
      '',
    ].join('\n'),
  )
})
