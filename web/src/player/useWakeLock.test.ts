// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { useWakeLock } from './useWakeLock'

const playing = ref(false)
const locks: { released: boolean; release: () => Promise<void> }[] = []
const held = (): number => locks.filter((lock) => !lock.released).length
const Player = defineComponent({
  setup() {
    useWakeLock(() => playing.value)
    return () => h('p')
  },
})
let page: ReturnType<typeof mount>

function request(): Promise<(typeof locks)[number]> {
  const lock = {
    released: false,
    release: () => {
      lock.released = true
      return Promise.resolve()
    },
  }
  locks.push(lock)
  return Promise.resolve(lock)
}

beforeEach(() => {
  locks.length = 0
  playing.value = false
  vi.stubGlobal('navigator', { ...navigator, wakeLock: { request } })
  page = mount(Player)
})
afterEach(() => {
  page.unmount()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

async function play(does: boolean): Promise<void> {
  playing.value = does
  await flushPromises()
}

it('keeps the screen awake while the lecture plays, and no longer', async () => {
  expect(locks).toHaveLength(0)
  await play(true)
  expect(held()).toBe(1)
  await play(false)
  expect(held()).toBe(0)
})

it('asks again when the page is seen again, as browsers let go of a hidden one', async () => {
  await play(true)
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
  await locks[0]?.release()
  document.dispatchEvent(new Event('visibilitychange'))
  await flushPromises()
  expect(held()).toBe(0)
  hidden.mockReturnValue(false)
  document.dispatchEvent(new Event('visibilitychange'))
  await flushPromises()
  expect(held()).toBe(1)
})

it('lets go of what comes too late, and with the page', async () => {
  playing.value = true
  await Promise.resolve()
  await play(false)
  expect(held()).toBe(0)
  await play(true)
  page.unmount()
  expect(held()).toBe(0)
})

it('plays on where the system refuses', async () => {
  vi.stubGlobal('navigator', { ...navigator, wakeLock: { request: () => Promise.reject(new Error('battery')) } })
  await play(true)
  expect(locks).toHaveLength(0)
})
