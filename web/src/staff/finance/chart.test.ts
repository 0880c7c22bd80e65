import { describe, expect, it } from 'vitest'
import { labelled, marks } from './chart'

describe('the axis of a chart', () => {
  it.each([
    [0, [0, 1]],
    [39_800, [0, 10_000, 20_000, 30_000, 40_000]],
    [100, [0, 50, 100]],
    [7, [0, 2, 4, 6, 8]],
  ])('has round marks up to %d', (highest, expected) => {
    expect(marks(highest)).toEqual(expected)
  })

  it('names few enough days to be read', () => {
    expect(labelled(3)).toEqual([0, 1, 2])
    expect(labelled(31)).toEqual([0, 5, 10, 15, 20, 25, 30])
  })
})
