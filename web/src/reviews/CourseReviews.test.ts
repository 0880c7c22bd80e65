// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import { flushPromises, mount } from '@vue/test-utils'
import { computed } from 'vue'
import { expect, it, vi } from 'vitest'
import { catalog, editing } from '../api/client'
import type { components } from '@xueshi/client/catalog'
import { onPage } from '../components/mounting'
import CourseReviews from './CourseReviews.vue'

vi.mock('../api/session', () => ({ isLearner: computed(() => true), signedInAs: computed(() => 'learner-1') }))
vi.mock('../api/client', () => ({
  catalog: { GET: vi.fn() },
  editing: { GET: vi.fn() },
  result: (answer: unknown) => Promise.resolve(answer),
  sentAgain: {},
}))

type Review = components['schemas']['ReviewAnswer']
const rating = { average: null, count: 0, histogram: [0, 0, 0, 0, 0] }
const own = { review_id: 'mine', display_name: '甲', stars: 5, text: '很好' } as unknown as Review
const another = { review_id: 'theirs', display_name: '乙', stars: 4, text: '不错', written_at: '2026-03-02T04:00:00Z' }

async function shown(review: Review | null, listed: unknown[]) {
  vi.mocked(editing.GET).mockResolvedValue({ review, hidden_because: null, may_review: true } as never)
  vi.mocked(catalog.GET).mockResolvedValue({ rating, reviews: listed, after: null } as never)
  mount(CourseReviews, { ...(await onPage()), props: { courseId: 'bonds', rating } })
  await flushPromises()
}

it('says who may write the first review where there is none', async () => {
  await shown(null, [])
  expect(screen.getByText('还没有评价。')).toBeDefined()
  expect(screen.getByText('完成课程的学员可以写下第一条。')).toBeDefined()
})

it.each([
  ['the list has not yet', []],
  ['the list has as well', [own]],
])('does not call for a first review below one of the learner, which %s', async (_, listed) => {
  await shown(own, listed)
  expect(screen.getByText('您的评价')).toBeDefined()
  expect(screen.queryByText('完成课程的学员可以写下第一条。')).toBeNull()
  expect(screen.queryByText('还没有评价。')).toBeNull()
  expect(screen.getByText('还没有其他学员的评价。')).toBeDefined()
})

it('has those of others below one of the learner', async () => {
  await shown(own, [own, another])
  expect(screen.getByText('不错')).toBeDefined()
  expect(screen.queryByText('还没有其他学员的评价。')).toBeNull()
})
