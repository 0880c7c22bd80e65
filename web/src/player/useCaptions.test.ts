// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { tracksOf } from './useCaptions'

const media = {
  path: '/media/bonds/3c6277e1961915ac/index.m3u8',
  captions: [{ language: 'zh', path: '/media/bonds/3c6277e1961915ac/captions/zh.d8f828ad0ff3.vtt' }],
}

describe('the captions', () => {
  it('are those of the page where its version is watched', () => {
    expect(tracksOf(media, media.path)).toEqual(media.captions)
  })

  it('are read where the older version lies that is watched', () => {
    const path = '/media/bonds/f0046fa7f94d5a14/captions/zh.d8f828ad0ff3.vtt'
    expect(tracksOf(media, '/media/bonds/f0046fa7f94d5a14/index.m3u8')).toEqual([{ language: 'zh', path }])
  })
})
