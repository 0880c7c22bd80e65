// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { usePictureInPicture } from './usePictureInPicture'

// What browsers do: one picture at a time; a new one without a tap only where one is there already.
let shown: HTMLVideoElement | null = null
let tapped = false
let refuses = false
function leave(): Promise<void> {
  const before = shown
  shown = null
  before?.dispatchEvent(new Event('leavepictureinpicture'))
  return Promise.resolve()
}

function request(this: HTMLVideoElement): Promise<void> {
  return put(this)
}

function put(element: HTMLVideoElement): Promise<void> {
  if (refuses || (shown === null && !tapped)) return Promise.reject(new Error('NotAllowedError'))
  shown?.dispatchEvent(new Event('leavepictureinpicture'))
  shown = element
  element.dispatchEvent(new Event('enterpictureinpicture'))
  return Promise.resolve()
}

const waits = ref(false)
let floating: ReturnType<typeof usePictureInPicture>
let page: ReturnType<typeof mount>
const lecture = (): Element => page.find('video').element
const isSlate = (): boolean => shown !== null && shown !== lecture()

beforeEach(async () => {
  shown = null
  refuses = false
  waits.value = false
  Object.defineProperty(document, 'pictureInPictureEnabled', { value: true, configurable: true })
  Object.defineProperty(document, 'pictureInPictureElement', { get: () => shown, configurable: true })
  Object.assign(document, { exitPictureInPicture: leave })
  Object.assign(HTMLVideoElement.prototype, { requestPictureInPicture: request })
  Object.assign(HTMLCanvasElement.prototype, { getContext: () => null, captureStream: () => new MediaStream() })
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue()
  page = mount(
    defineComponent({
      setup() {
        const video = ref<HTMLVideoElement>()
        floating = usePictureInPicture(
          video,
          () => waits.value,
          () => ['请确认'],
        )
        return () => h('video', { ref: video })
      },
    }),
  )
  await flushPromises()
  tapped = true
  await floating.toggle()
  tapped = false
})
afterEach(() => page.unmount())

async function prompt(waiting: boolean): Promise<void> {
  waits.value = waiting
  await flushPromises()
  await new Promise((next) => setTimeout(next))
}

it('shows the lecture, and takes it back', async () => {
  expect(shown).toBe(lecture())
  expect(floating.active.value).toBe(true)
  await floating.toggle()
  await prompt(false)
  expect(shown).toBe(null)
  expect(floating.active.value).toBe(false)
})

it('says in the small window that a prompt waits, and goes on there once it is confirmed', async () => {
  await prompt(true)
  expect(isSlate()).toBe(true)
  expect(floating.active.value).toBe(true)
  await prompt(false)
  expect(shown).toBe(lecture())
})

it('does not come back to whoever closed the small window at the prompt', async () => {
  await prompt(true)
  await leave()
  await prompt(false)
  expect(shown).toBe(null)
  expect(floating.active.value).toBe(false)
})

it('goes away at a prompt where the browser does not change the picture', async () => {
  refuses = true
  await prompt(true)
  expect(shown).toBe(null)
})

it('goes away with the page', () => {
  page.unmount()
  expect(shown).toBe(null)
})
