// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { catalog } from '../api/client'
import { onPage } from '../components/mounting'
import type { Word } from './completions'
import SearchField from './SearchField.vue'

const FUND: Word = { kind: 'keyword', text: '基金', text_en: null, course_id: null, sound: ['ji', 'jin'] }
const PLAN: Word = { kind: 'title', text: '基金规划', text_en: null, course_id: 'fund', sound: ['ji', 'jin'] }

vi.mock('../api/client', () => ({
  catalog: { GET: vi.fn() },
  result: (answer: unknown) => Promise.resolve(answer),
}))

/** The field, with a service that offers these; `asked` are the texts that it was asked for. */
async function field(words: Word[] = [FUND, PLAN]) {
  const asked: string[] = []
  vi.mocked(catalog.GET).mockImplementation(((_path: string, sent: { params: { query: { q: string } } }) => {
    asked.push(sent.params.query.q)
    return { words, whole: true }
  }) as never)
  const page = await onPage('course')
  const wrapper = mount(SearchField, {
    ...page,
    props: { modelValue: '', 'onUpdate:modelValue': (text: string) => wrapper.setProps({ modelValue: text }) },
  })
  return { wrapper, asked, router: page.global.plugins[0], input: screen.getByRole('combobox') as HTMLInputElement }
}

const options = (): string[] => screen.queryAllByRole('option').map((option) => option.textContent.trim())
const offered = (): Promise<void> => vi.waitFor(() => expect(options().length).toBeGreaterThan(0), 5_000)

describe('the search field', () => {
  it('offers words once somebody pauses, and says how many', async () => {
    const { asked, input } = await field()
    expect(input.getAttribute('aria-expanded')).toBe('false')
    await userEvent.type(input, '基金')
    await offered()
    expect(asked).toEqual(['基金'])
    expect(input.getAttribute('aria-expanded')).toBe('true')
    expect(screen.getByRole('status').textContent).toContain('2')
  })

  it('is moved through by the arrow keys, which leave the focus where it is', async () => {
    const { input, wrapper } = await field()
    await userEvent.type(input, '基金')
    await offered()
    await userEvent.keyboard('{ArrowDown}{ArrowDown}')
    const active = input.getAttribute('aria-activedescendant') ?? ''
    expect(document.getElementById(active)?.getAttribute('aria-selected')).toBe('true')
    expect(document.getElementById(active)?.textContent).toContain('基金规划')
    expect(document.activeElement).toBe(input)
    await userEvent.keyboard('{ArrowDown}')
    expect(input.hasAttribute('aria-activedescendant')).toBe(false)
    await userEvent.keyboard('{Enter}')
    expect(wrapper.emitted('search')).toHaveLength(1)
  })

  it('searches for a word that is taken', async () => {
    const { input, wrapper } = await field()
    await userEvent.type(input, '基')
    await offered()
    await userEvent.keyboard('{ArrowDown}{Enter}')
    expect([wrapper.props('modelValue'), wrapper.emitted('search')?.length]).toEqual(['基金', 1])
    expect(input.getAttribute('aria-expanded')).toBe('false')
  })

  it('goes to a course that is taken', async () => {
    const { input, wrapper, router } = await field([PLAN])
    const gone = vi.spyOn(router!, 'push').mockResolvedValue(undefined)
    await userEvent.type(input, '基')
    await offered()
    await userEvent.keyboard('{ArrowUp}{Enter}')
    expect(gone).toHaveBeenCalledWith({ name: 'course', params: { courseId: 'fund' } })
    expect(wrapper.emitted('search')).toBeUndefined()
  })

  it('closes by Escape and by leaving, and keeps what was typed', async () => {
    const { input } = await field()
    await userEvent.type(input, '基')
    await offered()
    await userEvent.keyboard('{Escape}')
    expect([input.getAttribute('aria-expanded'), input.value]).toEqual(['false', '基'])
    await userEvent.keyboard('{ArrowDown}')
    expect(input.getAttribute('aria-expanded')).toBe('true')
    await userEvent.tab()
    await nextTick()
    expect(input.getAttribute('aria-expanded')).toBe('false')
  })

  it('still searches where nothing can be offered', async () => {
    const { input, wrapper } = await field([])
    await userEvent.type(input, '基金{Enter}')
    expect(wrapper.emitted('search')).toHaveLength(1)
    expect(input.getAttribute('aria-expanded')).toBe('false')
  })
})
