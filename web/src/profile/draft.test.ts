import { describe, expect, it } from 'vitest'
import { changes, draftOf, rebased, type Profile } from './draft'

function profile(known: Partial<Profile> = {}): Profile {
  return {
    revision: 3,
    updated_at: '2026-03-01T00:00:00Z',
    username: 'lin',
    nickname: null,
    real_name: '林知远',
    birthday: null,
    employer: '远山银行',
    email: null,
    id_number: null,
    complete: false,
    missing: ['nickname', 'birthday', 'email'],
    warnings: [],
    stale: false,
    stale_after_days: 180,
    ...known,
  }
}

describe('a profile that is edited', () => {
  it('sends only what was changed, without spaces around it, and null for what was emptied', () => {
    const draft = { ...draftOf(profile()), nickname: ' 阿远 ', employer: '  ', real_name: '林知远 ' }
    expect(changes(profile(), draft)).toEqual({ nickname: '阿远', employer: null })
  })

  it('sends nothing when nothing was changed', () => {
    expect(changes(profile(), draftOf(profile()))).toEqual({})
  })

  it('keeps what was typed when the profile was changed elsewhere, and follows the rest', () => {
    const draft = { ...draftOf(profile()), nickname: '阿远' }
    const newer = profile({ revision: 4, employer: '近水银行' })
    expect(rebased(profile(), newer, draft)).toEqual({
      draft: { ...draftOf(newer), nickname: '阿远' },
      clashes: [],
    })
  })

  it('names the fields that were changed in both places', () => {
    const draft = { ...draftOf(profile()), employer: '高山银行', nickname: '阿远' }
    const newer = profile({ revision: 4, employer: '近水银行', nickname: '阿远' })
    const result = rebased(profile(), newer, draft)
    expect(result.clashes).toEqual(['employer'])
    expect(result.draft.employer).toBe('高山银行')
  })
})
