import { describe, expect, it } from 'vitest'
import { asProblem, Problem } from './problem.js'

const REFUSED = {
  code: 'LEASE_SUPERSEDED',
  detail: '已在另一处继续。',
  detail_en: 'It went on elsewhere.',
  next: '请重新开始。',
  saved: { furthest_ms: 64_000 },
  errors: [{ pointer: '/course_id', message: '缺少' }],
  order_id: 'o1',
}

describe('a problem', () => {
  it('says what the service says, in Chinese where it has no English', () => {
    const problem = Problem.of(409, REFUSED)
    expect([problem.status, problem.code]).toEqual([409, 'LEASE_SUPERSEDED'])
    expect(problem.text('detail', 'zh')).toBe('已在另一处继续。')
    expect(problem.text('detail', 'en')).toBe('It went on elsewhere.')
    expect(problem.text('next', 'en')).toBe('请重新开始。')
    expect(problem.saved).toEqual({ furthest_ms: 64_000 })
    expect(problem.concerns('course_id')).toBe(true)
    expect(problem.concerns('token')).toBe(false)
    expect(problem.reference('order_id')).toBe('o1')
    expect(problem.reference('saved')).toBeUndefined()
  })

  it.each([
    [401, 'NOT_SIGNED_IN'],
    [404, 'NOT_FOUND'],
    [413, 'PAYLOAD_TOO_LARGE'],
    [429, 'TOO_MANY_REQUESTS'],
    [502, 'UNEXPECTED'],
  ])('of the gateway has a code by its status: %i %s', (status, code) => {
    expect(Problem.of(status, { message: 'from the gateway' })).toMatchObject({ status, code })
    expect(Problem.of(status, null).text('detail', 'en')).toBeUndefined()
  })

  it('is the network where fetch failed, and unexpected where the client did', () => {
    expect(asProblem(new TypeError('offline')).code).toBe('NETWORK')
    expect(asProblem(new DOMException('late', 'TimeoutError')).code).toBe('NETWORK')
    expect(asProblem(new RangeError('a mistake of ours')).code).toBe('UNEXPECTED')
  })
})
