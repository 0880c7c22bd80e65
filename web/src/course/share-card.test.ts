import { describe, expect, it } from 'vitest'
import { filling, linesOf } from './share-card'

const upTo = (most: number) => (line: string) => [...line].length <= most

describe('the lines of a title', () => {
  it('break Chinese anywhere and Latin words nowhere', () => {
    expect(linesOf('债券入门与久期', upTo(4), 3)).toEqual(['债券入门', '与久期'])
    expect(linesOf('Bonds for beginners', upTo(10), 3)).toEqual(['Bonds for', 'beginners'])
  })

  it('end with dots where there is more than fits', () => {
    expect(linesOf('债券入门与久期和凸性', upTo(4), 2)).toEqual(['债券入门', '与久期…'])
  })

  it('are none of nothing', () => {
    expect(linesOf('', upTo(4), 2)).toEqual([])
  })
})

describe('a picture on the card', () => {
  it('fills its field with its middle, whatever its form', () => {
    expect(filling({ width: 1600, height: 900 }, { width: 800, height: 400 })).toEqual({
      x: 0,
      y: 50,
      width: 1600,
      height: 800,
    })
    expect(filling({ width: 400, height: 400 }, { width: 200, height: 100 })).toEqual({
      x: 0,
      y: 100,
      width: 400,
      height: 200,
    })
  })
})
