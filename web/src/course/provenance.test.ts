import { describe, expect, it } from 'vitest'
import { isWrittenByModel, metadataMark, type Mark } from './provenance'

function mark(block: Mark['block'], made_by: string): Mark {
  return { block, made_by, reviewed_by: '王编辑', reviewed_on: '2026-11-30' }
}

describe('who made a summary', () => {
  it('is a person where nothing else is said', () => {
    expect(isWrittenByModel([])).toBe(false)
    expect(metadataMark('bonds', 3, [])).toBeNull()
  })

  it('is no model where sentences were chosen, or where a model only drafted what stands elsewhere', () => {
    expect(isWrittenByModel([mark('abstract', 'extractive'), mark('key_points', 'qwen-plus')])).toBe(false)
    expect(metadataMark('bonds', 3, [mark('abstract', 'extractive')])).toBeNull()
  })

  it('is a model where it wrote a part, and the page says so in its head, too', () => {
    const provenance = [mark('abstract', 'qwen-plus'), mark('chapters', 'qwen-plus'), mark('keywords', 'extractive')]
    expect(isWrittenByModel(provenance)).toBe(true)
    expect(JSON.parse(metadataMark('bonds', 3, provenance) ?? '')).toEqual({
      Label: '1',
      ContentProducer: 'qwen-plus',
      ProduceID: 'bonds/3',
    })
  })
})
