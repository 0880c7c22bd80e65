// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { nextTick } from 'vue'
import { describe, expect, it } from 'vitest'
import { Problem } from '../api/problem'
import { onPage, speak } from './mounting'
import ProblemNotice from './ProblemNotice.vue'

async function shown(problem: Problem, { retriable = false } = {}) {
  return mount(ProblemNotice, { ...(await onPage('signIn')), props: { problem, retriable } })
}

/** What is read out, in words. */
const heard = (): string => screen.getByRole('alert').textContent.replace(/\s+/g, ' ').trim()

describe('what went wrong', () => {
  it('is read out at once: what it is, what to do, and its code', async () => {
    await shown(Problem.network())
    expect(heard()).toBe('连接不上服务器。下一步: 请检查网络后重试。代码: NETWORK')
  })

  it('is in English on an English page, and follows the switch', async () => {
    await speak('en')
    await shown(Problem.network())
    expect(heard()).toBe('The server cannot be reached.What to do: Check your connection and try again.Code: NETWORK')
    await speak('zh')
    await nextTick()
    expect(heard()).toContain('连接不上服务器。')
  })

  it("is in the service's own words, in both languages", async () => {
    const words = {
      detail: '课程已下架。',
      detail_en: 'It is withdrawn.',
      next: '请选别的。',
      next_en: 'Choose another.',
    }
    await shown(Problem.of(409, { code: 'COURSE_WITHDRAWN', ...words }))
    expect(heard()).toBe('课程已下架。下一步: 请选别的。代码: COURSE_WITHDRAWN')
    await speak('en')
    await nextTick()
    expect(heard()).toBe('It is withdrawn.What to do: Choose another.Code: COURSE_WITHDRAWN')
  })
})

describe('the way on', () => {
  it('is another try, by key and by pointer, where that can help', async () => {
    const user = userEvent.setup()
    const notice = await shown(Problem.network(), { retriable: true })
    await user.tab()
    expect(document.activeElement).toBe(screen.getByRole('button', { name: '重试' }))
    await user.keyboard('{Enter}')
    await user.click(screen.getByRole('button', { name: '重试' }))
    expect(notice.emitted('retry')).toHaveLength(2)
  })

  it('is to sign in, and then back to this page, for visitors', async () => {
    await shown(Problem.of(401, null))
    expect(screen.getByRole('link', { name: '登录' }).getAttribute('href')).toBe('/signIn?to=/here')
  })

  it('is nothing that does not help', async () => {
    await shown(Problem.of(403, null))
    expect([...screen.queryAllByRole('button'), ...screen.queryAllByRole('link')]).toEqual([])
  })
})
