import { describe, expect, it } from 'vitest'
import { dayInShanghai } from './days'

describe('the day in Shanghai', () => {
  it('begins at 16:00 UTC', () => {
    expect(dayInShanghai('2026-03-01T15:59:59Z')).toBe('2026-03-01')
    expect(dayInShanghai('2026-03-01T16:00:00Z')).toBe('2026-03-02')
  })
})
