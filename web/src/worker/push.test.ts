import { beforeEach, expect, it, vi } from 'vitest'
import { showPushes } from './push'
import type { Scope } from './scope'

const shown: unknown[][] = []
const opened: string[] = []
const focus = vi.fn(() => Promise.resolve())
const handlers = new Map<string, (event: never) => void>()
showPushes({
  location: { origin: 'https://xueshi.example' },
  registration: { showNotification: (...told: unknown[]) => Promise.resolve(void shown.push(told)) },
  clients: {
    matchAll: () => Promise.resolve([{ url: 'https://xueshi.example/hours?x=1', focus }]),
    openWindow: (url: string) => Promise.resolve(opened.push(url)),
  },
  addEventListener: (name: string, handle: (event: never) => void) => handlers.set(name, handle),
} as unknown as Scope)

async function fire(name: string, event: object): Promise<void> {
  let done: Promise<unknown> = Promise.resolve()
  handlers.get(name)?.({ ...event, waitUntil: (work: Promise<unknown>) => (done = work) } as never)
  await done
}

const click = (path: unknown): Promise<void> =>
  fire('notificationclick', { notification: { close: () => undefined, data: { path } } })

beforeEach(() => {
  shown.length = opened.length = 0
  focus.mockClear()
})

it('shows what it is told', async () => {
  const told = { title: '学时已入账', body: '请查看', path: '/notices', tag: 'award' }
  await fire('push', { data: { json: () => told } })
  expect(shown).toEqual([
    ['学时已入账', { body: '请查看', tag: 'award', icon: '/icon-192.png', data: { path: '/notices' } }],
  ])
})

it('leads to the page, to one that is open already where there is one', async () => {
  await click('/notices')
  expect(opened).toEqual(['https://xueshi.example/notices'])
  await click('/hours')
  expect(focus).toHaveBeenCalledOnce()
  expect(opened).toHaveLength(1)
})

it('leads nowhere else', async () => {
  await click('https://elsewhere.example/hours')
  await click('//elsewhere.example/hours')
  expect(opened).toEqual([])
  expect(focus).not.toHaveBeenCalled()
})
