// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { h } from 'vue'
import { Problem } from '../../api/problem'
import { onPage } from '../../components/mounting'
import { readPreview } from './calls'
import PreviewPanel from './PreviewPanel.vue'
import { sample } from './sample'

// How the page looks in its frame, only a browser shows: tests/e2e/test_production.py.
vi.mock('./PreviewFrame.vue', () => ({
  default: (props: { title: string; width: number }) => h('div', { title: props.title, 'data-width': props.width }),
}))
vi.mock('./calls', () => ({ readPreview: vi.fn() }))

async function shown(active = true) {
  const panel = mount(PreviewPanel, { ...(await onPage()), props: { production: sample(), active } })
  await flushPromises()
  return panel
}

describe('the preview', () => {
  beforeEach(
    () =>
      void vi
        .mocked(readPreview)
        .mockReset()
        .mockResolvedValue({} as never),
  )

  it('is on the screen that is chosen', async () => {
    await shown()
    expect(screen.getByTitle('课程页预览：手机').dataset.width).toBe('390')
    await userEvent.click(screen.getByRole('radio', { name: '电脑' }))
    expect(screen.getByTitle('课程页预览：电脑').dataset.width).toBe('1280')
  })

  it('is read when it is looked at, and again after a change', async () => {
    const panel = await shown(false)
    expect(readPreview).not.toHaveBeenCalled()
    await panel.setProps({ active: true })
    await panel.setProps({ production: sample({ changed_at: '2026-12-01T03:00:00Z' }) })
    expect(readPreview).toHaveBeenCalledTimes(2)
  })

  it('is not asked for of a production that was cancelled', async () => {
    vi.mocked(readPreview).mockRejectedValue(new Problem(422, 'PRODUCTION_NOT_READY', { detail: '还不能发布' }))
    const panel = await shown()
    await panel.setProps({ production: sample({ state: 'cancelled' }) })
    expect(screen.queryByRole('alert')).toBeNull()
    expect(screen.getByText('此次制作已取消，没有发布任何内容。')).toBeTruthy()
    expect(readPreview).toHaveBeenCalledTimes(1)
  })

  it('leads to what is missing', async () => {
    vi.mocked(readPreview).mockRejectedValue(new Problem(422, 'PRODUCTION_NOT_READY', { detail: '还不能发布' }))
    await shown()
    expect(screen.getByRole('alert').textContent).toContain('还不能发布')
    expect(screen.getByRole('link', { name: '查看还缺什么' }).getAttribute('href')).toBe('/here?tab=publish')
  })
})
