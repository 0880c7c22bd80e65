import { expect, it } from 'vitest'
import { phoneNumber } from './phones'

it.each([
  ['13800138000', '+8613800138000'],
  [' 138 0013 8000 ', '+8613800138000'],
  ['１３８００１３８０００', '+8613800138000'],
  ['+86 138-0013-8000', '+8613800138000'],
  ['008613800138000', '+8613800138000'],
  ['+852 6123 4567', '+85261234567'],
  ['12800138000', null],
  ['1380013800', null],
  ['+8612345', null],
  ['abc', null],
  ['', null],
])('reads a number as it is typed: %s', (typed, number) => {
  expect(phoneNumber(typed)).toBe(number)
})
