// @vitest-environment happy-dom

import { describe, expect, it } from 'vitest'
import { MOST_SIDE, asJpeg, sizeWithin, Unreadable } from './picture'

describe('the size of a picture', () => {
  it('stays where it is small enough', () => {
    expect(sizeWithin(800, 600)).toEqual({ width: 800, height: 600 })
  })

  it('shrinks to the longer side, whichever that is', () => {
    expect(sizeWithin(4800, 3200)).toEqual({ width: MOST_SIDE, height: 1600 })
    expect(sizeWithin(3200, 4800)).toEqual({ width: 1600, height: MOST_SIDE })
  })

  it('is never nothing', () => {
    expect(sizeWithin(100_000, 1)).toEqual({ width: MOST_SIDE, height: 1 })
  })
})

describe('a file', () => {
  it('that the browser cannot show is unreadable', async () => {
    globalThis.createImageBitmap = () => Promise.reject(new DOMException('no picture'))
    await expect(asJpeg(new Blob(['<html>']))).rejects.toBeInstanceOf(Unreadable)
  })
})
