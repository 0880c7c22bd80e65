import { describe, expect, it } from 'vitest'
import { en } from './en'
import { fill } from './fill'
import { zh } from './zh'

const HAN = /\p{Script=Han}/u
const named = (message: string): string[] =>
  [...new Set([...message.matchAll(/\{(\w+)/g)].map((found) => found[1] ?? ''))].sort()

describe('messages', () => {
  it('say the same in both languages: what is filled in is the same', () => {
    const parameters = (of: Record<string, string>) =>
      Object.fromEntries(Object.entries(of).map(([key, text]) => [key, named(text)]))
    expect(parameters(en)).toEqual(parameters(zh))
  })

  it('are English in English, but for the name of the other language', () => {
    expect(
      Object.entries(en)
        .filter(([, text]) => HAN.test(text))
        .map(([key]) => key),
    ).toEqual(['nav.language', 'nav.languageLabel'])
  })

  it.each([
    ['1', '1 course'],
    [1, '1 course'],
    ['1.0', '1.0 course'],
    [0, '0 courses'],
    ['1.5', '1.5 courses'],
  ])('%s takes the word that belongs to it', (count, written) => {
    expect(fill('{count} {count|course|courses}', { count })).toBe(written)
  })

  it('show a parameter that is missing by its name', () => {
    expect(fill('{count} of {total}', { count: 2 })).toBe('2 of {total}')
  })
})
