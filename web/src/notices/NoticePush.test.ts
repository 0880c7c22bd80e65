// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { credits } from '../api/client'
import { onPage } from '../components/mounting'
import { turnOff } from './device'
import NoticePush from './NoticePush.vue'

const KEY = 'BAEC'
const ENDPOINT = 'https://updates.push.services.mozilla.com/wpush/v2/abc'
let permission: NotificationPermission = 'default'
let answer: NotificationPermission = 'granted'
let subscribed: object | null = null
let reachable = true

const pushManager = {
  getSubscription: () => Promise.resolve(subscribed),
  subscribe: ({ applicationServerKey }: { applicationServerKey: string }) => {
    if (!reachable) return Promise.reject(new DOMException('push service error', 'AbortError'))
    const key = Uint8Array.from(atob(applicationServerKey), (character) => character.charCodeAt(0)).buffer
    subscribed = {
      options: { applicationServerKey: key },
      toJSON: () => ({ endpoint: ENDPOINT, keys: { p256dh: 'p', auth: 'a' } }),
      unsubscribe: () => Promise.resolve((subscribed = null) === null),
    }
    return Promise.resolve(subscribed)
  },
}
const PUT = vi.spyOn(credits, 'PUT')
const answered = (data: object) => Promise.resolve({ data, response: new Response() }) as never

beforeEach(() => {
  permission = 'default'
  answer = 'granted'
  subscribed = null
  reachable = true
  vi.stubGlobal('PushManager', class {})
  vi.stubGlobal('Notification', {
    get permission() {
      return permission
    },
    requestPermission: () => Promise.resolve((permission = answer)),
  })
  const worker = { pushManager }
  vi.stubGlobal('navigator', {
    onLine: true,
    serviceWorker: { ready: Promise.resolve(worker), getRegistration: () => Promise.resolve(worker) },
  })
  vi.spyOn(credits, 'GET').mockReturnValue(answered({ public_key: KEY, off: ['hold'], devices: [] }))
  PUT.mockClear().mockImplementation((path: string) =>
    answered(path.endsWith('settings') ? { off: [] } : { device_id: 'd' }),
  )
})
afterEach(() => vi.unstubAllGlobals())

async function shown(): Promise<ReturnType<typeof userEvent.setup>> {
  mount(NoticePush, await onPage())
  screen.getByText('设备提醒').closest('details')?.setAttribute('open', '')
  await flushPromises()
  return userEvent.setup()
}

it('asks nobody before the button is pressed, and then subscribes and tells the service', async () => {
  const ask = vi.spyOn(Notification, 'requestPermission')
  const user = await shown()
  expect(ask).not.toHaveBeenCalled()
  await user.click(screen.getByRole('button', { name: '打开提醒' }))
  await flushPromises()
  const body = { endpoint: ENDPOINT, p256dh: 'p', auth: 'a', language: 'zh' }
  expect(PUT).toHaveBeenCalledWith('/v1/credits/push/devices', { body })
  expect(screen.getByText(/这台设备会收到提醒/)).toBeDefined()
  await user.click(screen.getByRole('button', { name: '关闭这台设备的提醒' }))
  await flushPromises()
  expect(subscribed).toBe(null)
})

it('says so where the learner or the browser says no', async () => {
  answer = 'denied'
  const user = await shown()
  await user.click(screen.getByRole('button', { name: '打开提醒' }))
  await flushPromises()
  expect(screen.getByText(/禁止本站的通知/)).toBeDefined()
  expect(PUT).not.toHaveBeenCalled()
})

it('says what to do where the push service cannot be reached', async () => {
  reachable = false
  const user = await shown()
  await user.click(screen.getByRole('button', { name: '打开提醒' }))
  await flushPromises()
  expect(screen.getByRole('alert').textContent).toContain('邮件提醒')
})

it('subscribes no browser that the service does not take', async () => {
  PUT.mockRejectedValue(new TypeError('offline'))
  const user = await shown()
  await user.click(screen.getByRole('button', { name: '打开提醒' }))
  await flushPromises()
  expect(subscribed).toBe(null)
  expect(screen.getByRole('alert')).toBeDefined()
})

it('tells the service again at each visit, and lets go of what was made with another key', async () => {
  await pushManager.subscribe({ applicationServerKey: KEY })
  await shown()
  expect(PUT).toHaveBeenCalledOnce()
  PUT.mockClear()
  await pushManager.subscribe({ applicationServerKey: 'AAAA' })
  document.body.replaceChildren()
  await shown()
  expect(PUT).not.toHaveBeenCalled()
  expect(subscribed).toBe(null)
})

it('switches each kind', async () => {
  await pushManager.subscribe({ applicationServerKey: KEY })
  const user = await shown()
  const box = screen.getByRole<HTMLInputElement>('checkbox', { name: '学时暂存' })
  expect(box.checked).toBe(false)
  await user.click(box)
  await flushPromises()
  expect(PUT).toHaveBeenLastCalledWith('/v1/credits/push/settings', { body: { off: [] } })
  expect(box.checked).toBe(true)
})

it('is let go at signing out', async () => {
  await pushManager.subscribe({ applicationServerKey: KEY })
  await turnOff()
  expect(subscribed).toBe(null)
})
