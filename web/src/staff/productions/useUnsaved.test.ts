// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, nextTick, ref } from 'vue'
import { onPage } from '../../components/mounting'
import { useUnsaved } from './useUnsaved'

const confirm = vi.fn((_text: string) => false)
window.confirm = confirm as typeof window.confirm

/** Two parts of a page in which something may be typed. */
async function shown() {
  const typed = [ref(false), ref(false)]
  const parts = defineComponent(() => {
    for (const one of typed) useUnsaved(() => one.value)
    return () => null
  })
  const options = await onPage('course')
  const page = mount(parts, options)
  const router = options.global.plugins[0]
  const type = async (...is: boolean[]): Promise<void> => {
    is.forEach((value, at) => {
      const one = typed[at]
      if (one) one.value = value
    })
    await nextTick()
  }
  return { page, router, type }
}

/** Whether the browser asks before the tab is closed. */
function asksOnClosing(): boolean {
  return !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))
}

afterEach(() => void confirm.mockReset())

describe('what is typed and not saved', () => {
  it('is asked for once before the page is left, and keeps it open', async () => {
    const { router, type } = await shown()
    await type(true, true)
    confirm.mockReturnValue(false)
    await router.push('/course')
    expect(router.currentRoute.value.path).toBe('/here')
    confirm.mockReset().mockReturnValue(true)
    await router.push('/course')
    expect(confirm.mock.calls).toEqual([['有尚未保存的更改，离开后会丢失。要离开吗？']])
    expect(router.currentRoute.value.path).toBe('/course')
  })

  it('is not lost on another tab of the same page', async () => {
    const { router, type } = await shown()
    await type(true)
    await router.push('/here?tab=summary')
    expect(confirm).not.toHaveBeenCalled()
  })

  it('is asked for before the tab is closed, only while there is any', async () => {
    const { page, type } = await shown()
    expect(asksOnClosing()).toBe(false)
    await type(true, true)
    await type(false, true)
    expect(asksOnClosing()).toBe(true)
    await type(false, false)
    expect(asksOnClosing()).toBe(false)
    await type(true)
    page.unmount()
    expect(asksOnClosing()).toBe(false)
  })
})
