// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../../api/problem'
import { onPage } from '../../components/mounting'
import { publish } from './calls'
import type { Production } from './production'
import PublishPanel from './PublishPanel.vue'
import { sample } from './sample'

vi.mock('./calls', () => ({ publish: vi.fn() }))

const lack = (part: string) => ({ part, message: `缺少 ${part}`, message_en: `${part} is missing` })

const outcome = (changed: boolean) => ({ publication: 4, published_at: '2026-12-01T02:00:00Z', changed })

async function shown(of: Partial<Production> = {}, closed = false) {
  const panel = mount(PublishPanel, {
    ...(await onPage('course', 'productions', 'publication')),
    props: { production: sample(of), closed },
  })
  return { panel, user: userEvent.setup({ delay: null }) }
}

async function asked(user: ReturnType<typeof userEvent.setup>, reason: string) {
  await user.click(screen.getByRole('button', { name: '发布' }))
  const dialog = within(screen.getByRole('dialog'))
  await user.type(dialog.getByLabelText('理由'), reason)
  await user.click(dialog.getByRole('button', { name: '发布' }))
  await flushPromises()
}

describe('publication', () => {
  it('speaks of learners on an older version where there is one', async () => {
    for (const [base_publication, said] of [
      [0, 0],
      [3, 1],
    ] as const) {
      const { panel, user } = await shown({ base_publication })
      await user.click(screen.getByRole('button', { name: '发布' }))
      expect(screen.queryAllByText(/正在学习旧版的学员/)).toHaveLength(said)
      panel.unmount()
    }
  })

  beforeEach(() => void vi.mocked(publish).mockReset().mockResolvedValue(sample()))

  it('waits for what is missing, each with the way there', async () => {
    await shown({ missing: ['media', 'facts/hours', 'facts/instructors/0/name', 'chapters'].map(lack) })
    expect(screen.getByRole('button', { name: '发布' }).hasAttribute('disabled')).toBe(true)
    const links = within(screen.getByRole('list')).getAllByRole('link')
    expect(links.map((link) => [link.textContent, link.getAttribute('href')])).toEqual([
      ['素材与处理', '/here?tab=files'],
      ['课程信息 · 学时', '/here?tab=facts#fact-hours'],
      ['课程信息 · 讲师', '/here?tab=facts#fact-instructors'],
      ['摘要 · 章节速览', '/here?tab=summary#block-chapters'],
    ])
    expect(screen.getByText('缺少 facts/hours')).toBeTruthy()
  })

  it('tells what is odd with the way there, and is not held up by it', async () => {
    const doubt = { part: 'facts/hours', message: '请核对学时', message_en: 'check the hours' }
    const { user } = await shown({ doubts: [doubt] })
    const odd = within(screen.getByRole('list', { name: /发布前请再看一眼/ }))
    expect(odd.getByText(/请核对学时/)).toBeTruthy()
    expect(odd.getByRole('link', { name: '课程信息' }).getAttribute('href')).toBe('/here?tab=facts#fact-hours')
    await user.click(screen.getByRole('button', { name: '发布' }))
    expect(within(screen.getByRole('dialog')).getByText(/请核对学时/)).toBeTruthy()
    expect(within(screen.getByRole('dialog')).getByText(/大约半分钟后显示/)).toBeTruthy()
  })

  it('lists in the dialog what only the attempt has shown', async () => {
    const errors = [{ file: 'handouts/a.pdf', message: 'a.pdf：内容与文件类型不符', message_en: 'a.pdf is no PDF' }]
    vi.mocked(publish).mockRejectedValueOnce(new Problem(422, 'MEDIA_INVALID', { detail: '没有发布', errors }))
    const { user } = await shown()
    await asked(user, '首次发布')
    expect(within(screen.getByRole('dialog')).getByText('a.pdf：内容与文件类型不符')).toBeTruthy()
  })

  it('has a reason', async () => {
    const { panel, user } = await shown()
    await asked(user, '首次发布')
    expect(vi.mocked(publish).mock.calls).toEqual([['p1', '首次发布', null]])
    expect(panel.emitted('changed')).toHaveLength(1)
  })

  it('is asked for again while the lecture is copied, and says how far that is', async () => {
    vi.useFakeTimers()
    try {
      const copying = new Problem(409, 'MEDIA_BEING_COPIED', { copied: 30, files: 90 })
      vi.mocked(publish).mockRejectedValueOnce(copying).mockRejectedValueOnce(copying)
      const { panel, user } = await shown()
      await asked(user, '首次发布')
      expect(screen.getByText('正在复制视频：30 / 90')).toBeTruthy()
      expect(panel.emitted('changed')).toBeUndefined()
      await vi.advanceTimersByTimeAsync(2_000)
      expect(publish).toHaveBeenCalledTimes(3)
      expect(panel.emitted('changed')).toHaveLength(1)
    } finally {
      vi.useRealTimers()
    }
  })

  it('shows what somebody else published meanwhile, and goes over it when it is asked to', async () => {
    const meanwhile = { detail: '课程已有新的发布', publication: 4 }
    vi.mocked(publish).mockRejectedValueOnce(new Problem(409, 'PUBLISHED_MEANWHILE', meanwhile))
    const { panel, user } = await shown()
    await asked(user, '更新')
    const dialog = within(screen.getByRole('dialog'))
    expect(dialog.getByRole('alert').textContent).toContain('课程已有新的发布')
    expect(dialog.getByText(/已有发布号 4/)).toBeTruthy()
    expect(dialog.getByRole('link', { name: /现在的课程页/ })).toBeTruthy()
    await user.click(dialog.getByRole('button', { name: '取代发布号 4 并发布' }))
    await flushPromises()
    expect(vi.mocked(publish).mock.calls).toEqual([
      ['p1', '更新', null],
      ['p1', '更新', 4],
    ])
    expect(panel.emitted('changed')).toHaveLength(1)
  })

  it('leads to the page, and to the next publication', async () => {
    await shown({ state: 'published', published: outcome(true) }, true)
    expect(screen.getByRole('status').textContent).toContain('已于')
    expect(screen.getByRole('status').textContent).toContain('发布号 4')
    expect(screen.getByText(/大约半分钟后显示/)).toBeTruthy()
    expect(screen.getByRole('link', { name: /导出为课程包/ })).toBeTruthy()
    expect(screen.getByRole('button', { name: '打开课程页' })).toBeTruthy()
    expect(screen.getByRole('button', { name: '制作新的一版' })).toBeTruthy()
  })

  it('is told apart from an end at which nothing changed', async () => {
    await shown({ state: 'published', published: outcome(false) }, true)
    expect(screen.getByRole('status').textContent).toContain('没有产生新的发布，仍是发布号 4')
    expect(screen.queryByText(/大约半分钟后显示/)).toBeNull()
  })

  it('is none of a production that was cancelled', async () => {
    await shown({ state: 'cancelled' }, true)
    expect(screen.getByText(/没有发布任何内容/)).toBeTruthy()
    expect(screen.queryByRole('button')).toBeNull()
  })
})
