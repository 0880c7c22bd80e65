import { describe, expect, it, vi } from 'vitest'
import { fenOf, fileSize, hours, yuan } from './format'

// The messages need a browser.
vi.mock('./index', () => ({}))

describe('amounts', () => {
  it.each([
    ['199', 19_900],
    ['0.07', 7],
    [' 1.5 ', 150],
    ['１２．５', 1250],
    ['1234567.89', 123_456_789],
  ])('%s yuan are as many fen', (text, fen) => {
    expect(fenOf(text)).toBe(fen)
  })

  it.each(['', '1.234', '-1', '1e3', '１.２３４', 'abc', '12345678'])('%s is no amount', (text) => {
    expect(fenOf(text)).toBeNull()
  })

  it('are written with two decimals, and hours without needless ones', () => {
    expect([yuan(7), yuan(-19_900), hours('1.50'), hours('30')]).toEqual(['¥0.07', '-¥199.00', '1.5', '30'])
  })
})

describe('the size of a file', () => {
  it.each([
    [10, '0.1 KB'],
    [1536, '1.5 KB'],
    [20 * 1024 ** 2, '20 MB'],
    [5 * 1024 ** 3, '5 GB'],
  ])('%d', (bytes, shown) => {
    expect(fileSize(bytes)).toBe(shown)
  })
})
