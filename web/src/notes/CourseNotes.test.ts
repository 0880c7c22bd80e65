// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { computed } from 'vue'
import { editing } from '../api/client'
import { Problem } from '../api/problem'
import { onPage } from '../components/mounting'
import CourseNotes from './CourseNotes.vue'

vi.mock('../api/session', () => ({ isLearner: computed(() => true), signedInAs: computed(() => 'learner-1') }))
vi.mock('../api/client', () => ({
  editing: { GET: vi.fn(), PUT: vi.fn(), DELETE: vi.fn() },
  result: (answer: unknown) => Promise.resolve(answer),
}))

type Sent = {
  params: { path: { note_id: string; course_id: string } }
  body: { at_ms: number; text: string; replaces: number }
}

/** The notes of a course that nobody else asks for, beside a player that is at 12:34. */
async function notes(courseId: string, reachMs = 754_000) {
  const sent: Sent['body'][] = []
  vi.mocked(editing.GET).mockResolvedValue({ notes: [] } as never)
  vi.mocked(editing.PUT).mockImplementation(((_path: string, { params, body }: Sent) => {
    sent.push(body)
    return Promise.resolve({ ...params.path, ...body, edition: body.replaces + 1 })
  }) as never)
  const wrapper = mount(CourseNotes, {
    ...(await onPage('watch')),
    props: { courseId, atMs: 754_321, reachMs, inPlace: true },
  })
  await flushPromises()
  return { wrapper, sent }
}

const text = (): HTMLElement => screen.getByRole('textbox', { name: '笔记内容' })

describe('the notes beside the player', () => {
  it('stand at the moment at which the writing began', async () => {
    const { wrapper, sent } = await notes('one')
    await userEvent.type(text(), '久期')
    await wrapper.setProps({ atMs: 900_000 })
    await userEvent.keyboard('{Control>}{Enter}{/Control}')
    await flushPromises()
    expect(sent).toEqual([{ at_ms: 754_000, text: '久期', replaces: 0 }])
    expect(wrapper.emitted('done')).toHaveLength(1)
    expect(screen.getByText('久期')).toBeTruthy()
  })

  it('are bookmarks without text, and say so', async () => {
    const { sent } = await notes('two')
    await userEvent.click(screen.getByRole('button', { name: '加书签' }))
    await flushPromises()
    expect(sent).toEqual([{ at_ms: 754_321, text: '', replaces: 0 }])
    expect(screen.getAllByRole('status').map((status) => status.textContent.trim())).toContain('已在 12:34 加书签')
  })

  it('go where they stand, as far as was watched', async () => {
    const { wrapper } = await notes('three')
    await userEvent.click(screen.getByRole('button', { name: '加书签' }))
    await flushPromises()
    expect(screen.queryByRole('button', { name: '跳到 12:34' })).toBeNull()
    await wrapper.setProps({ reachMs: 800_000 })
    await userEvent.click(screen.getByRole('button', { name: '跳到 12:34' }))
    expect(wrapper.emitted('seek')).toEqual([[754_321]])
  })

  it('show both texts where another device was faster', async () => {
    await notes('four')
    await userEvent.type(text(), '我的')
    const note = { edition: 2, deleted: false, at_ms: 754_000, text: '别的' }
    vi.mocked(editing.PUT).mockRejectedValueOnce(Problem.of(409, { code: 'NOTE_CHANGED', detail: 'x', note }))
    await userEvent.click(screen.getByRole('button', { name: '保存笔记' }))
    await flushPromises()
    const alert = screen.getByRole('alert').textContent
    expect(alert).toContain('我的')
    expect(alert).toContain('别的')
    await userEvent.click(screen.getByRole('button', { name: '两条都留' }))
    await flushPromises()
    expect([screen.getByText('我的'), screen.getByText('别的')]).toHaveLength(2)
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('take a time that is typed, and say what is none', async () => {
    const { sent } = await notes('five')
    const time = screen.getByRole('textbox', { name: '时间' })
    await userEvent.clear(time)
    await userEvent.type(time, '1:99')
    expect(screen.getByRole('alert').textContent).toContain('12:34')
    await userEvent.clear(time)
    await userEvent.type(time, '1:09{Enter}')
    await flushPromises()
    expect(sent).toEqual([{ at_ms: 69_000, text: '', replaces: 0 }])
  })
})
