// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import type { Progress, Standing } from '../course/useMine'
import { candidateOf } from './candidates'

const standing = (changed: Partial<Standing> = {}): Standing => ({
  course_id: 'c',
  state: 'not_owned',
  basis: null,
  watchable: false,
  in_library: false,
  buying_obstacle: null,
  price_fen: 9900,
  own_price_fen: 8900,
  price_reason: 'member',
  ...changed,
})
const progress = (changed: Partial<Progress> = {}): Progress => ({
  course_id: 'c',
  watch_id: 'w',
  content_version: 'v7',
  duration_ms: 60_000,
  furthest_ms: 20_000,
  prompts: { total: 3, confirmed: 1 },
  completed: false,
  completed_at: null,
  recency: 1,
  ...changed,
})

describe('what a plan can be made of', () => {
  it('is come by as orders say', () => {
    const access = (changed: Partial<Standing>) => candidateOf(standing(changed), undefined, 1)[0]?.access
    expect(access({})).toBe('priced')
    expect(access({ state: 'owned', basis: 'purchase', in_library: true })).toBe('owned')
    expect(access({ state: 'owned', basis: 'membership', in_library: true })).toBe('library')
    expect(access({ state: 'claimable', in_library: true })).toBe('claimable')
    expect(access({ state: 'in_pending_order', buying_obstacle: 'ORDER_PENDING' })).toBe('priced')
    expect(access({ buying_obstacle: 'COURSE_WITHDRAWN' })).toBeUndefined()
  })

  it('costs what this learner pays', () => {
    expect(candidateOf(standing(), undefined, 1)[0]?.price_fen).toBe(8900)
  })

  it('goes on where it was left, in the version that was begun', () => {
    const [found] = candidateOf(standing(), progress(), 90_000)
    expect(found).toMatchObject({ left_ms: 40_000, content_version: 'v7', started: true })
  })

  it('begins anew what was completed, and what was only opened', () => {
    const [again] = candidateOf(standing(), progress({ completed: true }), 90_000)
    expect(again).toMatchObject({ left_ms: 90_000, content_version: null, started: false })
    const [opened] = candidateOf(standing(), progress({ furthest_ms: 0 }))
    expect(opened).toMatchObject({ left_ms: 60_000, content_version: 'v7', started: false })
  })

  it('is nothing whose length is not known', () => {
    expect(candidateOf(standing())).toEqual([])
  })
})
