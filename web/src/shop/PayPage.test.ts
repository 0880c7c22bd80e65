// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { screen } from '@testing-library/dom'
import { userEvent } from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { session } from '../api/session'
import { onPage, speak } from '../components/mounting'
import PayPage from './PayPage.vue'

const HOLDER = btoa(JSON.stringify({ sub: 'learner-1', roles: 'learner', exp: 9e9 }))
const ORDER = '20260302040000000000000000000001'
const HOME = `/v1/orders/orders/${ORDER}`
const WECHAT = 'Mozilla/5.0 (iPhone) AppleWebKit/605 MicroMessenger/8.0.50'
const PAGE = 'https://open.weixin.qq.com/connect/oauth2/authorize?state=s#wechat_redirect'
const BRIDGE = { appId: 'wx1', timeStamp: '1', nonceStr: 'n', package: 'prepay_id=1', signType: 'RSA', paySign: 'x' }
const OPEN = { number: 'p1', method: 'wechat_h5', state: 'open', qr_content: null, url: null }

let asked: string[] = []
let sent: unknown[] = []
let bridged: unknown[] = []
let left: string[] = []
let answers: Record<string, [number, unknown]> = {}

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  asked.push(`${request.method} ${pathname}`)
  if (pathname.endsWith('/payment-within-wechat')) sent.push(await request.json())
  const [status, body] = answers[pathname] ?? [404, { code: 'NOT_FOUND', detail: '', next: '' }]
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}

/** WeChat's bridge, which says the same each time. */
function withBridge(said: string): void {
  window.WeixinJSBridge = {
    invoke: (name, parameters, answered) => {
      bridged.push([name, parameters])
      answered({ err_msg: `get_brand_wcpay_request:${said}` })
    },
  }
}

function paid(): void {
  answers['/v1/orders/payments/p1'] = [200, { ...OPEN, state: 'paid' }]
}

beforeEach(() => {
  asked = []
  sent = []
  bridged = []
  left = []
  answers = {
    [HOME]: [200, { order_id: ORDER, state: 'open', amount_fen: 9900, expires_at: '2099-01-01T00:00:00Z' }],
    '/v1/orders/payment-methods': [200, { methods: ['wechat_native', 'wechat_h5'], within_wechat: true }],
    [`${HOME}/payer-pages`]: [200, { url: PAGE }],
    [`${HOME}/payment-within-wechat`]: [200, { ...OPEN, within: 'wechat', bridge: BRIDGE }],
    [`${HOME}/payments/wechat_native`]: [200, { ...OPEN, method: 'wechat_native', within: null, bridge: null }],
    '/v1/orders/payments/p1': [200, { ...OPEN, within: 'wechat', bridge: BRIDGE }],
  }
  vi.stubGlobal('fetch', (input: Request | string, init?: RequestInit) => answer(new Request(input, init)))
  vi.spyOn(location, 'replace').mockImplementation((url) => void left.push(String(url)))
  session.enterWith('a@example.com', { access_token: `x.${HOLDER}.y`, refresh_token: '', expires_in: 900 })
})
afterEach(() => {
  delete window.WeixinJSBridge
  session.signOut()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

async function opened(query = '') {
  const page = await onPage('order', 'support')
  const [router] = page.global.plugins
  await router.push(`/here${query}`)
  mount(PayPage, { ...page, props: { orderId: ORDER } })
  return router
}

it('says where nobody takes payments, and whom to ask', async () => {
  answers['/v1/orders/payment-methods'] = [200, { methods: [], within_wechat: false }]
  await opened()
  expect((await screen.findByRole('status')).textContent).toContain('还没有开通在线支付')
  expect(screen.getByRole('link', { name: '请询问客服' }).getAttribute('href')).toBe('/support')
  expect(screen.queryByRole('group')).toBeNull()
  await speak('en')
  await vi.waitFor(() => expect(screen.getByRole('status').textContent).toContain('No payments are taken here yet'))
})

describe('within WeChat', () => {
  beforeEach(() => {
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(WECHAT)
  })

  it('asks WeChat who pays, before anything is opened', async () => {
    await opened()
    await vi.waitFor(() => expect(left).toEqual([PAGE]))
    expect(asked).toContain(`POST ${HOME}/payer-pages`)
    expect(sent).toEqual([])
    expect(screen.getAllByRole('radio')).toHaveLength(1)
  })

  it('opens the payment by what WeChat answered, and goes on when the server knows of it', async () => {
    withBridge('ok')
    const router = await opened('?state=s1&code=c1')
    await vi.waitFor(() => expect(bridged).toEqual([['getBrandWCPayRequest', BRIDGE]]))
    expect(sent).toEqual([{ state: 's1', code: 'c1' }])
    // The bridge's word is no proof: nothing leads on, and nothing can be pressed a second time.
    await vi.waitFor(() => expect(screen.queryByRole('button', { name: '立即支付' })).toBeNull())
    expect(router.currentRoute.value.path).toBe('/here')
    paid()
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('order'), 5_000)
  })

  it('lets who cancelled pay once more, by the same payment', async () => {
    withBridge('cancel')
    await opened('?state=s1&code=c1')
    expect((await screen.findByRole('alert')).textContent).toContain('您没有完成支付')
    withBridge('fail')
    await userEvent.click(screen.getByRole('button', { name: '立即支付' }))
    await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('微信没有打开支付'))
    expect(bridged).toHaveLength(2)
    expect(sent).toHaveLength(1)
  })

  it('goes on where the server knows of a payment, whatever the bridge says', async () => {
    withBridge('cancel')
    paid()
    const router = await opened('?state=s1&code=c1')
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('order'))
  })

  it('says so where there is no bridge, and finds one that came later', async () => {
    vi.useFakeTimers()
    await opened('?state=s1&code=c1')
    await vi.advanceTimersByTimeAsync(6_000)
    vi.useRealTimers()
    expect(screen.getByRole('alert').textContent).toContain('微信支付没有准备好')
    withBridge('ok')
    await userEvent.click(screen.getByRole('button', { name: '立即支付' }))
    await vi.waitFor(() => expect(bridged).toHaveLength(1))
  })

  it('waits for a bridge that comes a moment after the page', async () => {
    await opened('?state=s1&code=c1')
    await vi.waitFor(() => expect(sent).toHaveLength(1))
    withBridge('ok')
    await vi.waitFor(() => {
      document.dispatchEvent(new Event('WeixinJSBridgeReady'))
      expect(bridged).toHaveLength(1)
    })
  })

  it('goes to WeChat once more where its answer proved nothing, and not by itself', async () => {
    answers[`${HOME}/payment-within-wechat`] = [403, { code: 'PAYER_NOT_PROVEN', detail: '没有确认', next: '重新发起' }]
    await opened('?state=s1&code=used')
    expect((await screen.findByRole('alert')).textContent).toContain('没有确认')
    expect(left).toEqual([])
    await userEvent.click(screen.getByRole('button', { name: '重试' }))
    await vi.waitFor(() => expect(left).toEqual([PAGE]))
  })

  it('sends nothing where WeChat came back without a code', async () => {
    await opened('?state=s1')
    await screen.findByRole('alert')
    expect(sent).toEqual([])
    expect(left).toEqual([])
  })
})

it('asks nobody outside WeChat who pays', async () => {
  answers['/v1/orders/payments/p1'] = [200, { ...OPEN, method: 'wechat_native', within: null, bridge: null }]
  await opened()
  await vi.waitFor(() => expect(asked).toContain(`PUT ${HOME}/payments/wechat_native`))
  expect(asked).not.toContain(`POST ${HOME}/payer-pages`)
  expect(screen.queryByRole('button', { name: '立即支付' })).toBeNull()
})
