import { expect, it } from 'vitest'
import { typedCode } from './code'

it('takes a code as people type it, with a Chinese keyboard too', () => {
  expect(typedCode(' ＡＢ１２—34 cd‑ef')).toBe('AB1234cdef')
})
