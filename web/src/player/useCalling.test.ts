// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h, reactive } from 'vue'
import { chime } from './chime'
import { dismissNotification, notify } from './notification'
import { useCalling } from './useCalling'

vi.mock('./chime', () => ({ chime: vi.fn() }))
vi.mock('./notification', () => ({ notify: vi.fn(), dismissNotification: vi.fn() }))

const now = reactive({ waiting: false, elsewhere: false, muted: false })
const Player = defineComponent({
  setup() {
    useCalling({
      waiting: () => now.waiting,
      elsewhere: () => now.elsewhere,
      muted: () => now.muted,
      title: () => '请确认',
      text: () => '不限时',
    })
    return () => h('p')
  },
})
let page: ReturnType<typeof mount>

beforeEach(() => {
  vi.useFakeTimers()
  vi.clearAllMocks()
  Object.assign(now, { waiting: false, elsewhere: false, muted: false })
  page = mount(Player)
})
afterEach(() => {
  page.unmount()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

async function happens(change: Partial<typeof now>): Promise<void> {
  Object.assign(now, change)
  await flushPromises()
}

async function look(away: boolean): Promise<void> {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(away)
  document.dispatchEvent(new Event('visibilitychange'))
  await flushPromises()
}

it('says nothing to somebody who looks: the dialog is there', async () => {
  await happens({ waiting: true })
  expect(chime).not.toHaveBeenCalled()
  expect(notify).not.toHaveBeenCalled()
})

it('calls at once and a few times more, until somebody looks', async () => {
  await look(true)
  await happens({ waiting: true })
  expect(notify).toHaveBeenCalledExactlyOnceWith('请确认', '不限时')
  expect(chime).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(20_000)
  expect(chime).toHaveBeenCalledTimes(2)
  await look(false)
  expect(dismissNotification).toHaveBeenCalled()
  vi.advanceTimersByTime(600_000)
  expect(chime).toHaveBeenCalledTimes(2)
})

it('gives up after four times: the prompt waits all the same', async () => {
  await look(true)
  await happens({ waiting: true })
  vi.advanceTimersByTime(600_000)
  expect(chime).toHaveBeenCalledTimes(4)
})

it('makes no sound where the lecture is muted, and tells all the same', async () => {
  await look(true)
  await happens({ waiting: true, muted: true })
  expect(chime).not.toHaveBeenCalled()
  expect(notify).toHaveBeenCalledOnce()
})

it('calls when somebody looks away while a prompt waits, and from a picture in picture', async () => {
  await happens({ waiting: true })
  await look(true)
  expect(chime).toHaveBeenCalledTimes(1)
  await look(false)
  await happens({ elsewhere: true })
  expect(chime).toHaveBeenCalledTimes(2)
})

it('is over with the page', async () => {
  await look(true)
  await happens({ waiting: true })
  page.unmount()
  vi.advanceTimersByTime(600_000)
  expect(chime).toHaveBeenCalledTimes(1)
  expect(dismissNotification).toHaveBeenCalledOnce()
})
