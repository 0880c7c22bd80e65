// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../../api/problem'
import { onPage } from '../../components/mounting'
import NewProduction from './NewProduction.vue'

const start = vi.hoisted(() => vi.fn())
vi.mock('./calls', () => ({ starting: () => start }))

async function shown(course = '') {
  const page = await onPage('production')
  mount(NewProduction, { ...page, props: { course } })
  return { user: userEvent.setup(), router: page.global.plugins[0] }
}

const begin = (): HTMLElement => screen.getByRole('button', { name: '开始制作' })

describe('a new production', () => {
  beforeEach(() => void start.mockReset().mockResolvedValue({ production_id: 'p9' }))

  it('is begun with id, title and language, and opened', async () => {
    const { user, router } = await shown()
    await user.type(screen.getByLabelText('课程编号'), 'bond-duration')
    await user.type(screen.getByLabelText('课程标题'), '债券久期')
    await user.selectOptions(screen.getByLabelText('讲课语言'), '英文')
    await user.click(begin())
    await flushPromises()
    const body = { course_id: 'bond-duration', title: '债券久期', language: 'en', from_course: false }
    expect(start.mock.calls).toEqual([[body]])
    expect(router?.currentRoute.value.name).toBe('production')
  })

  it.each(['Bond', 'bond_duration', '-bond', 'ab'])('is not begun with the id %s', async (id) => {
    const { user } = await shown()
    await user.type(screen.getByLabelText('课程编号'), id)
    await user.click(begin())
    expect(document.activeElement).toBe(screen.getByLabelText('课程编号'))
    expect(start).not.toHaveBeenCalled()
  })

  it('is of a published course where that was chosen', async () => {
    const { user } = await shown('bond-duration')
    expect(screen.queryByLabelText('课程标题')).toBeNull()
    await user.click(begin())
    await flushPromises()
    expect(start.mock.calls).toEqual([[{ course_id: 'bond-duration', language: 'zh', from_course: true }]])
  })

  it('shows why it was refused', async () => {
    start.mockRejectedValue(new Problem(404, 'COURSE_NOT_FOUND', { detail: '没有这门课程' }))
    const { user } = await shown('bond-duration')
    await user.click(begin())
    await flushPromises()
    expect(screen.getByRole('alert').textContent).toContain('没有这门课程')
  })
})
