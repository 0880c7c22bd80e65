import { describe, expect, it } from 'vitest'
import { base64Of, csv } from './files'

describe('a table to take along', () => {
  it('has no formulas, and quotes what would break its lines', () => {
    expect(csv([['a', 'b'], ['=1+1', 'say "hi", twice\n']])).toBe('\uFEFFa,b\r\n\'=1+1,"say ""hi"", twice\n"\r\n')
  })
})

describe('a file to be sent', () => {
  it('is the same bytes on the other side, however long it is', () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, index) => index % 251)
    const back = Uint8Array.from(atob(base64Of(bytes)), (letter) => letter.charCodeAt(0))
    expect(back).toEqual(bytes)
  })
})
