import { describe, expect, it } from 'vitest'
import { askedFor, criteriaOf, onlyText, queryOf, type Criteria } from './criteria'

const NOTHING: Criteria = { q: '', credential: '', category: '', hours: '', members: '', sort: 'relevance' }

describe('a search', () => {
  it('goes into the address and comes back', () => {
    const criteria: Criteria = {
      ...NOTHING,
      q: '信托',
      credential: 'CFP',
      hours: '1-2',
      members: 'free',
      sort: 'newest',
    }
    expect(criteriaOf(queryOf(criteria) as Record<string, string>)).toEqual(criteria)
  })

  it('leaves what is usual out of the address', () => {
    expect(queryOf(NOTHING)).toEqual({})
  })

  it('does not pass on what an address says wrongly', () => {
    const wrong = { q: `  ${'长'.repeat(40)}`, credential: 'MBA', hours: '9-1', sort: 'random', members: ['free'] }
    expect(criteriaOf(wrong)).toEqual({ ...NOTHING, q: '长'.repeat(30) })
  })

  it('can be widened to its text alone, where something narrows it', () => {
    expect(onlyText({ ...NOTHING, q: '信托', credential: 'CFP', hours: '2-', sort: 'newest' })).toEqual({
      ...NOTHING,
      q: '信托',
      sort: 'newest',
    })
    expect([onlyText({ ...NOTHING, q: '信托', sort: 'newest' }), onlyText({ ...NOTHING, credential: 'CFP' })]).toEqual([
      null,
      null,
    ])
  })

  it('asks the service for ranges of hours, with an open end', () => {
    expect(askedFor({ ...NOTHING, hours: '1-2' }, 0)).toMatchObject({ hours_min: '1', hours_max: '2' })
    expect(askedFor({ ...NOTHING, hours: '2-' }, 20)).toMatchObject({
      hours_min: '2',
      hours_max: undefined,
      offset: 20,
    })
  })

  it('asks in one way for the same, and says nothing that is usual', () => {
    const said = (criteria: Partial<Criteria>): string => JSON.stringify(askedFor({ ...NOTHING, ...criteria }, 0))
    expect(said({})).toBe('{}')
    expect(new Set(['CFP 税务', '  ｃｆｐ，税务！', 'Cfp  税务'].map((q) => said({ q })))).toEqual(
      new Set([said({ q: 'cfp 税务' })]),
    )
    expect(said({ q: '——！' })).toBe('{}')
    expect(askedFor({ ...NOTHING, q: `${'㍿'.repeat(20)}` }, 0).q).toHaveLength(30)
  })
})
