// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { changed, factsOf, faultsAt, isNoPrice, rebased, typedOf } from './facts'

const FACTS = {
  title: '债券久期',
  content_id: 'bond-duration',
  hours: '1.5',
  category: 'elective',
  eligible_credentials: ['AFP'],
  published_on: '2026-12-01',
  price_fen: 19950,
  member_price_fen: 9900,
  member_recommended: false,
  member_library: true,
  watch: { max_rate: '1.5' },
  instructors: [{ name: '林知远', title: '讲师', bio: '一句话。' }],
}

describe('the facts of a course', () => {
  it('are sent as they came when nothing was typed', () => {
    expect(factsOf(typedOf(FACTS))).toEqual(FACTS)
    expect(changed(FACTS, typedOf(FACTS))).toEqual([])
  })

  it('leave out what is empty still', () => {
    const empty = { eligible_credentials: [], member_recommended: false, member_library: false, instructors: [] }
    expect(factsOf(typedOf({}))).toEqual(empty)
  })

  it('are meant as they were typed: prices in yuan, wide digits', () => {
    const typed = { ...typedOf({}), price_fen: '１９９．５', hours: ' 1.5 ' }
    expect(factsOf(typed)).toMatchObject({ price_fen: 19950, hours: '1.5' })
    expect([isNoPrice(''), isNoPrice('199'), isNoPrice('a lot')]).toEqual([false, false, true])
  })

  it('keep what was typed when somebody else saved others, and follow those elsewhere', () => {
    const typed = { ...typedOf(FACTS), title: '我的标题', hours: '2' }
    const newer = { ...FACTS, title: '别人的标题', hours: '2', subtitle: '新的副标题' }
    const next = rebased(FACTS, newer, typed)
    expect(next.typed).toMatchObject({ title: '我的标题', hours: '2', subtitle: '新的副标题' })
    expect(next.clashes).toEqual(['title'])
    expect(changed(newer, next.typed)).toEqual(['title'])
  })

  it('clash in lists, too', () => {
    const typed = { ...typedOf(FACTS), eligible_credentials: ['AFP', 'CFP'] }
    expect(rebased(FACTS, { ...FACTS, eligible_credentials: [] }, typed).clashes).toEqual(['eligible_credentials'])
  })

  it('have their faults beside them', () => {
    const fault = (pointer: string) => ({ pointer, message: '错', message_en: 'wrong' })
    const faults = [fault('/title'), fault('/title_en'), fault('/instructors/0/name')]
    expect(faultsAt(faults, 'title')).toEqual([faults[0]])
    expect(faultsAt(faults, 'instructors/0')).toEqual([faults[2]])
    expect(faultsAt(faults, 'instructors')).toEqual([faults[2]])
    expect(faultsAt(faults, 'instructors', false)).toEqual([])
  })
})
