// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { onPage, speak } from '../components/mounting'
import TranscriptPanel from './TranscriptPanel.vue'

const SENTENCES = ['先看久期。', '再看凸性。', '久期的久。', '最后小结。'].map((text, index) => ({
  startMs: index * 10_000,
  text,
}))
const ROW = 40
const HEIGHT = 60

// The tests' document has no layout: rows of 40 pixels in a list of 60.
beforeAll(() => {
  const row = (element: HTMLElement): number => [...(element.parentElement?.children ?? [])].indexOf(element)
  vi.spyOn(HTMLElement.prototype, 'offsetTop', 'get').mockImplementation(function (this: HTMLElement) {
    return row(this) * ROW
  })
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(ROW)
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(HEIGHT)
})
afterAll(() => vi.restoreAllMocks())

async function shown(props: Partial<InstanceType<typeof TranscriptPanel>['$props']> = {}) {
  const panel = mount(TranscriptPanel, {
    ...(await onPage()),
    props: { sentences: SENTENCES, nowMs: 12_000, frontierMs: 20_000, enabled: true, ...props },
  })
  await nextTick()
  return { panel, user: userEvent.setup() }
}

const list = (): HTMLElement => screen.getByRole('list', { name: /^文稿/ })
const jump = (time: string): HTMLElement => screen.getByRole('button', { name: `跳到 ${time}` })
const said = (): string => screen.getByRole('status').textContent.trim()
const middle = (sentence: number): number => sentence * ROW - (HEIGHT - ROW) / 2

describe('the transcript follows what is said', () => {
  it('marks the sentence and brings it into the middle', async () => {
    const { panel } = await shown()
    expect(jump('00:10').getAttribute('aria-current')).toBe('true')
    expect(list().scrollTop).toBe(middle(1))
    await panel.setProps({ nowMs: 31_000 })
    expect(list().scrollTop).toBe(middle(3))
  })

  it('leaves it to whoever scrolls, until they want it back', async () => {
    const { panel, user } = await shown()
    fireEvent.wheel(list())
    list().scrollTop = 5
    await panel.setProps({ nowMs: 31_000 })
    expect(list().scrollTop).toBe(5)
    await user.click(screen.getByRole('button', { name: '回到正在播放的句子' }))
    expect(list().scrollTop).toBe(middle(3))
    expect(screen.queryByRole('button', { name: '回到正在播放的句子' })).toBeNull()
  })
})

describe('a press on a sentence', () => {
  it('goes there within what was watched', async () => {
    const { panel, user } = await shown()
    await user.click(jump('00:00'))
    await user.click(screen.getByText('久期的久。'))
    expect(panel.emitted('seek')).toEqual([[0], [20_000]])
  })

  it('does nothing beyond, or while jumps are not enabled, and says so', async () => {
    const { panel, user } = await shown()
    await user.click(screen.getByText('最后小结。'))
    await user.click(screen.getByRole('button', { name: '00:30，看到这里之后才能跳转' }))
    await panel.setProps({ enabled: false })
    expect(jump('00:00').getAttribute('aria-disabled')).toBe('true')
    await user.click(jump('00:00'))
    expect(panel.emitted('seek')).toBeUndefined()
  })

  it('is one stop for Tab, from which arrows lead on, each read with its sentence', async () => {
    const { panel, user } = await shown()
    jump('00:10').focus()
    await user.keyboard('{ArrowDown}')
    const third = jump('00:20')
    expect(document.activeElement).toBe(third)
    expect(document.getElementById(third.getAttribute('aria-describedby') ?? '')?.textContent).toBe('久期的久。')
    await user.keyboard('{Home}{Enter}')
    expect(panel.emitted('seek')).toEqual([[0]])
    expect(list().querySelectorAll('[tabindex="0"]')).toHaveLength(1)
  })
})

describe('finding in the transcript', () => {
  it('marks every place, counts them, and goes round them by Enter', async () => {
    const { panel, user } = await shown()
    await user.type(screen.getByRole('searchbox', { name: '在文稿中查找' }), '久')
    expect([...list().querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['久', '久', '久'])
    expect(said()).toBe('第 1 处，共 3 处')
    expect(list().scrollTop).toBe(middle(0))
    await user.keyboard('{Enter}{Enter}')
    expect(said()).toBe('第 3 处，共 3 处')
    expect(list().querySelectorAll('mark')[2]?.className).toBe('looked')
    await user.keyboard('{Enter}{Shift>}{Enter}{/Shift}')
    expect(said()).toBe('第 3 处，共 3 处')
    // What is found is read, whatever is said meanwhile.
    await panel.setProps({ nowMs: 31_000 })
    expect(list().scrollTop).toBe(middle(2))
  })

  it('says when there is nothing, and ends with Escape, in English too', async () => {
    await speak('en')
    const { user } = await shown()
    const field = screen.getByRole<HTMLInputElement>('searchbox', { name: 'Find in the transcript' })
    await user.type(field, '基金')
    expect(said()).toBe('Nothing found')
    await user.keyboard('{Escape}')
    expect(field.value).toBe('')
    expect(said()).toBe('')
  })
})
