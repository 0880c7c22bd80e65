import { describe, expect, it } from 'vitest'
import { guess, keysFor, sentText } from './lookup'

const all = keysFor(['administrator'])

describe('what a role may look by', () => {
  it('is everything for administrators and support', () => {
    expect(all).toEqual(['email', 'phone', 'name', 'certificate_number', 'learner_id'])
    expect(keysFor(['support'])).toEqual(all)
  })

  it('is the id alone for reviewers, and nothing for editors', () => {
    expect(keysFor(['reviewer'])).toEqual(['learner_id'])
    expect(keysFor(['editor', 'moderator'])).toEqual([])
  })

  it('adds up over roles', () => {
    expect(keysFor(['reviewer', 'auditor'])).toEqual(['certificate_number', 'learner_id'])
  })
})

describe('what was typed', () => {
  it.each([
    ['zhang.san@example.com', 'email'],
    ['138 0013 8000', 'phone'],
    ['+86 138-0013-8000', 'phone'],
    ['8a1f0c2e', 'learner_id'],
    ['8a1f0c2e-3a4c-4f43-9f0e-2f0a1b2c3d4e', 'learner_id'],
    ['AFP-2024-00817', 'certificate_number'],
    ['张三', 'name'],
    ['Anna Example', 'name'],
  ])('%s is told by its form', (text, by) => {
    expect(guess(text, all)).toBe(by)
  })

  it('is something that may be looked by', () => {
    expect(guess('zhang.san@example.com', keysFor(['auditor']))).toBe('certificate_number')
    expect(guess('12345678', keysFor(['auditor']))).toBe('learner_id')
  })

  it('loses its blanks, but a name keeps them', () => {
    expect(sentText('phone', ' 138 0013 8000 ')).toBe('13800138000')
    expect(sentText('name', ' Anna Example ')).toBe('Anna Example')
  })
})
