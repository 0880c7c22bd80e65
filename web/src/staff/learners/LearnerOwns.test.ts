// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { onPage } from '../../components/mounting'
import LearnerOwns from './LearnerOwns.vue'

const HOME = '/v1/orders/learners/learner-1'
const PERIOD = { plan: 'year', valid_from: '2026-03-01T00:00:00Z', valid_until: '2027-03-01T00:00:00Z' }
const GRANT = { ...PERIOD, grant_id: 'g1', learner_id: 'learner-1' }
const PLAN = { id: 'year', title: '年度会员', title_en: 'A year', price_fen: 9900, months: 12 }

/** What orders answers; from the grant on, the learner is a member. */
function stubOrders(): void {
  let periods: unknown[] = []
  const answers: Record<string, () => unknown> = {
    [`GET ${HOME}/membership`]: () => ({ valid_until: periods.length ? PERIOD.valid_until : null, periods }),
    [`GET ${HOME}/entitlements`]: () => ({ entitlements: [], after: null }),
    [`GET ${HOME}/orders`]: () => ({ orders: [], after: null }),
    'GET /v1/orders/plans': () => ({ plans: [PLAN] }),
    [`POST ${HOME}/memberships`]: () => {
      periods = [PERIOD]
      return GRANT
    },
  }
  vi.stubGlobal('fetch', (input: Request | string, init?: RequestInit) => {
    const request = new Request(input, init)
    const body = answers[`${request.method} ${new URL(request.url).pathname}`]?.()
    return Promise.resolve(Response.json(body ?? null, { status: body ? 200 : 404 }))
  })
}

afterEach(() => vi.unstubAllGlobals())

it('shows a membership that was granted just now', async () => {
  stubOrders()
  mount(LearnerOwns, { ...(await onPage('course')), props: { learnerId: 'learner-1', administers: true } })
  await screen.findByText('没有有效的会员')
  await screen.findByRole('option', { name: '年度会员' })
  await userEvent.click(screen.getByRole('button', { name: '授予一期会员' }))
  const dialog = within(await screen.findByRole('dialog'))
  await userEvent.type(dialog.getByRole('textbox', { name: '理由' }), '补偿')
  await userEvent.click(dialog.getByRole('button', { name: '授予一期会员' }))
  expect((await screen.findByRole('status')).textContent).toContain('已授予')
  await vi.waitFor(() => expect(screen.queryByText('没有有效的会员')).toBeNull())
  expect(screen.getByText(/^会员至/)).toBeDefined()
})
