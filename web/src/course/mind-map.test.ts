import { describe, expect, it } from 'vitest'
import { boxOf, branchOf, fittedScale, nodesOf } from './mind-map'

describe('a mind map', () => {
  it('keeps its shape', () => {
    const map = branchOf({ text: '面谈', children: [{ text: '之前' }, { text: '之后', children: [{ text: '复盘' }] }] })
    expect(map.children.map((branch) => branch.content)).toEqual(['之前', '之后'])
    expect(map.children[1]?.children[0]?.content).toBe('复盘')
  })

  it('shows what looks like HTML as text', () => {
    const { content } = branchOf({ text: `<img src=x onerror="alert('1')"> & more` })
    expect(content).toBe('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; more')
  })

  it('is as large as its nodes are many, and as what it is fitted into lets it', () => {
    expect(
      nodesOf({ text: '面谈', children: [{ text: '之前' }, { text: '之后', children: [{ text: '复盘' }] }] }),
    ).toBe(4)
    expect(fittedScale({ x1: 0, y1: -100, x2: 1200, y2: 100 }, [300, 300])).toBe(0.25)
    expect(fittedScale({ x1: 0, y1: 0, x2: 0, y2: 0 }, [300, 300])).toBe(300)
  })

  it('moves within a box that is never nothing', () => {
    expect(boxOf({ clientWidth: 640, clientHeight: 360 })).toEqual([640, 360])
    expect(boxOf({ clientWidth: 0, clientHeight: 0 })).toEqual([1, 1])
  })
})
