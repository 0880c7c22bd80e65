// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { onPage } from '../components/mounting'
import MindMap from './MindMap.vue'

const leaf = (text: string) => ({ text, children: [] })
const branches = (count: number) => ({
  text: '债券',
  children: [{ text: '久期', children: Array.from({ length: count }, (_, at) => leaf(`要点${at}`)) }],
})

async function shown(on: 'phone' | 'desktop', node = branches(3)) {
  const asked = (query: string) => ({ matches: on === 'phone' && query.includes('max-width') }) as MediaQueryList
  vi.spyOn(window, 'matchMedia').mockImplementation(asked)
  mount(MindMap, { ...(await onPage()), props: { node } })
  await nextTick()
  return userEvent.setup()
}

const button = (): HTMLElement => screen.getByRole('button', { name: '文字大纲' })
const picture = (): HTMLElement | null => screen.queryByRole('group', { name: /^思维导图/ })
const folding = (): HTMLDetailsElement | null => document.querySelector('details')

beforeEach(() => {
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      observe = vi.fn()
      disconnect = vi.fn()
    },
  )
})
afterEach(() => void vi.restoreAllMocks())

describe('the mind map', () => {
  it('is an outline first where there is little room, whose branches fold', async () => {
    const user = await shown('phone')
    expect(button().getAttribute('aria-pressed')).toBe('true')
    expect(picture()).toBeNull()
    expect(folding()?.open).toBe(true)
    expect(within(folding()!).getByText('要点2')).toBeTruthy()
    await user.click(button())
    expect(picture()).toBeTruthy()
    expect(screen.getByText('双指拖动或缩放导图。')).toBeTruthy()
  })

  it('begins with its branches closed where it is long', async () => {
    await shown('phone', branches(20))
    expect(folding()?.open).toBe(false)
    expect(screen.getByText('久期').closest('summary')).toBeTruthy()
  })

  it('is a picture first where there is room, and what is read out instead has nothing that Tab stops at', async () => {
    const user = await shown('desktop')
    expect(picture()).toBeTruthy()
    expect(screen.getByText('要点2').closest('.visually-hidden')).toBeTruthy()
    expect(folding()).toBeNull()
    await user.click(button())
    expect(folding()?.open).toBe(true)
  })
})
