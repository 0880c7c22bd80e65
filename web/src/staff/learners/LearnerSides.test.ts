// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { ref } from 'vue'
import { beforeEach, expect, it, vi } from 'vitest'
import { Problem } from '../../api/problem'
import { onPage } from '../../components/mounting'
import LearnerSides from './LearnerSides.vue'

const held = vi.hoisted(() => ({ roles: [] as string[], failing: '' }))

vi.mock('../../api/session', () => ({ roles: ref(held.roles) }))
vi.mock('../../api/client', () => {
  const ask = (path: string): Promise<unknown> =>
    held.failing && path.includes(held.failing) ? Promise.reject(Problem.network()) : Promise.resolve(answers(path))
  const client = { GET: ask, POST: ask }
  return {
    catalog: client,
    credits: client,
    editing: client,
    orders: client,
    playback: client,
    newKey: () => 'key',
    sentAgain: {},
    result: (answer: Promise<unknown>) => answer,
  }
})

const PERSON = {
  learner_id: '8a1f0c2e-3a4c',
  name: '张*',
  email: 'z***@example.com',
  phone: null,
  account_since: null,
  profile_missing: [],
  erased_at: null,
  access: { second_factor_since: null, recovery_codes: 0, sign_ins: [] },
}
const EMPTY: [string, unknown][] = [
  ['/person-views', PERSON],
  ['/membership', { valid_until: null, periods: [] }],
  ['/entitlements', { entitlements: [], after: null }],
  ['/orders/learners/{learner_id}/orders', { orders: [], after: null }],
  ['/watches', { watches: [] }],
  ['/account', { certificates: [], held: [] }],
  ['/declarations', { declarations: [], after: null }],
  ['/enquiries', { enquiries: [], after: null }],
  ['/notices', { notices: [], after: null, before: null }],
  ['/timeline', { entries: [], after: null }],
]

function answers(path: string): unknown {
  return EMPTY.find(([end]) => path.endsWith(end))?.[1] ?? {}
}

async function shown(roles: string[], failing = ''): Promise<void> {
  held.failing = failing
  const session = await import('../../api/session')
  ;(session.roles as unknown as { value: string[] }).value = roles
  mount(LearnerSides, {
    ...(await onPage('learners', 'course', 'deskEnquiry')),
    props: { learnerId: PERSON.learner_id },
  })
  await flushPromises()
}

const tabs = (): (string | null)[] => screen.getAllByRole('tab').map((tab) => tab.textContent)

beforeEach(() => vi.restoreAllMocks())

it('offers support what it may see, and nothing that changes something', async () => {
  await shown(['support'])
  expect(tabs()).toEqual(['拥有', '观看', '学时', '沟通', '登录与数据'])
  expect(screen.getByText('z***@example.com')).toBeDefined()
  expect(screen.getByText('没有订单。')).toBeDefined()
  await userEvent.click(screen.getByRole('tab', { name: '登录与数据' }))
  await flushPromises()
  expect(screen.getByText('最近七天没有登录。')).toBeDefined()
  expect(screen.queryByRole('button', { name: '删除个人信息' })).toBeNull()
})

it('offers reviewers what was watched and earned', async () => {
  await shown(['reviewer'])
  expect(tabs()).toEqual(['观看', '学时'])
  expect(screen.getByText('还没有观看过课程。')).toBeDefined()
})

it('shows the other parts where one service fails', async () => {
  await shown(['support'], '/entitlements')
  expect(screen.getAllByRole('alert')).toHaveLength(1)
  expect(screen.getByText('没有订单。')).toBeDefined()
  expect(screen.getByText('z***@example.com')).toBeDefined()
})

it('shows the parts where who it is cannot be told', async () => {
  await shown(['support'], '/person-views')
  expect(screen.getAllByRole('alert')).toHaveLength(1)
  expect(screen.getByText('没有订单。')).toBeDefined()
})
