import { describe, expect, it } from 'vitest'
import { csv } from './csv'

describe('a table to take along', () => {
  it('has no formulas, and quotes what would break its lines', () => {
    expect(csv([['a', 'b'], ['=1+1', 'say "hi", twice\n']])).toBe('\uFEFFa,b\r\n\'=1+1,"say ""hi"", twice\n"\r\n')
  })
})
