// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, shallowRef } from 'vue'
import { initial, type Model } from '@xueshi/client'
import { useMediaKeys } from './useMediaKeys'

type Handler = ((details: object) => void) | null
const handlers = new Map<string, Handler>()
const positions: object[] = []
const mediaSession = {
  metadata: null as { title: string } | null,
  playbackState: 'none',
  setActionHandler: (action: string, handler: Handler) => handlers.set(action, handler),
  setPositionState: (state: object) => positions.push(state),
}
const model = shallowRef<Model>(initial())
const sent: object[] = []
const press = (action: string, details: object = {}): void => handlers.get(action)?.(details)
let page: ReturnType<typeof mount>

beforeEach(() => {
  vi.stubGlobal('navigator', { ...navigator, mediaSession })
  vi.stubGlobal(
    'MediaMetadata',
    class {
      constructor(readonly told: object) {
        Object.assign(this, told)
      }
    },
  )
  model.value = { ...initial(), position: 65_000 }
  page = mount(
    defineComponent({
      setup() {
        const lecture = { title: () => '风险评估', durationMs: () => 600_000, rate: () => 1.5 }
        useMediaKeys(model, (event) => sent.push(event), lecture)
        return () => h('p')
      },
    }),
  )
})
afterEach(() => {
  page.unmount()
  sent.length = positions.length = 0
  handlers.clear()
  vi.unstubAllGlobals()
})

it('plays, pauses and goes back', () => {
  press('play')
  press('pause')
  press('seekbackward')
  press('seekbackward', { seekOffset: 30 })
  press('seekbackward', { seekOffset: 300 })
  expect(sent).toEqual([
    { type: 'play' },
    { type: 'pause' },
    { type: 'seek', to: 55_000 },
    { type: 'seek', to: 35_000 },
    { type: 'seek', to: 0 },
  ])
})

it('has no key that goes forward; whoever drags asks the machine, which knows how far one may', () => {
  expect(handlers.has('seekforward')).toBe(false)
  expect(handlers.has('nexttrack')).toBe(false)
  press('seekto', { seekTime: 500 })
  expect(sent).toEqual([{ type: 'seek', to: 500_000 }])
})

it('tells the system what plays, and where', async () => {
  expect(mediaSession.metadata?.title).toBe('风险评估')
  model.value = { ...model.value, playing: true, position: 70_000 }
  await nextTick()
  expect(mediaSession.playbackState).toBe('playing')
  expect(positions).toEqual([{ duration: 600, position: 70, playbackRate: 1.5 }])
})

it('leaves the keys to others with the page', () => {
  page.unmount()
  expect([...handlers.values()].every((handler) => handler === null)).toBe(true)
  expect(mediaSession.metadata).toBe(null)
})
