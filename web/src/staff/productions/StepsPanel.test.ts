// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../../api/problem'
import { onPage, speak } from '../../components/mounting'
import { startRun } from './calls'
import type { Production, StepLine } from './production'
import { sample, sampleFile } from './sample'
import StepsPanel from './StepsPanel.vue'

vi.mock('./calls', () => ({ startRun: vi.fn(() => Promise.resolve({})) }))

const steps = (...of: Partial<StepLine>[]): StepLine[] =>
  sample().steps.map((step, index) => ({ ...step, ...of[index] }))

async function shown(of: Partial<Production>, closed = false) {
  const production = sample({ files: [sampleFile()], ...of })
  return mount(StepsPanel, { ...(await onPage()), props: { production, closed } })
}

const said = (): string => screen.getByRole('status').textContent.trim()
const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name })

describe('the steps', () => {
  beforeEach(() => void vi.mocked(startRun).mockClear())

  it('begin once the recording is here', async () => {
    const panel = await shown({ files: [] })
    expect(button('开始处理').hasAttribute('disabled')).toBe(true)
    expect(screen.getByText('请先上传录像或录音。')).toBeTruthy()
    await panel.setProps({ production: sample({ files: [sampleFile()] }) })
    await userEvent.click(button('开始处理'))
    await flushPromises()
    expect(startRun).toHaveBeenCalledWith('p1', undefined)
    expect(panel.emitted('changed')).toHaveLength(1)
  })

  it('have ended with the production, and nothing is under way', async () => {
    await shown({ state: 'cancelled', steps: steps({ state: 'done' }, { state: 'running', percent: 35 }) }, true)
    expect(screen.queryByRole('progressbar')).toBeNull()
    expect(screen.queryByText('进行中')).toBeNull()
    expect(screen.queryByText('未开始')).toBeNull()
    expect(screen.getAllByText('已结束')).toHaveLength(4)
    expect(said()).toBe('')
  })

  it('say how far the one is that runs, and read out only which it is', async () => {
    const changed_at = new Date().toISOString()
    const state = 'running'
    await shown({ state, changed_at, steps: steps({ state: 'done' }, { state, percent: 35 }) })
    expect(screen.getByRole('progressbar', { name: '转码的进度' }).getAttribute('value')).toBe('35')
    expect(said()).toBe('转码：进行中')
    expect(screen.queryByRole('button')).toBeNull()
  })

  it('say what went wrong and what to do, and go on from there', async () => {
    const problem = { code: 'NO_SOUND', message: '没有声音：请重新录制', message_en: 'no sound: record it again' }
    await shown({ state: 'failed', steps: steps({ state: 'failed', problem }) })
    expect(screen.getByText('没有声音：请重新录制')).toBeTruthy()
    expect(said()).toBe('检查录像：出错')
    await userEvent.click(button('从出错处继续'))
    await flushPromises()
    expect(startRun).toHaveBeenCalledWith('p1', undefined)
  })

  it('are done again from one on', async () => {
    await shown({ state: 'reviewing', steps: steps(...Array<Partial<StepLine>>(5).fill({ state: 'done' })) })
    expect(said()).toBe('处理已全部完成')
    await userEvent.click(button('从“文稿”起重新处理'))
    await flushPromises()
    expect(startRun).toHaveBeenCalledWith('p1', 'transcribe')
  })

  it('say that nothing is to be done for a recording that is kept, and can begin without another', async () => {
    const kept = steps({ state: 'skipped' }, { state: 'skipped' })
    await shown({ files: [], kept_ms: 3_000_000, steps: kept })
    expect(screen.getAllByText('沿用已发布的录像，这一步不用做。')).toHaveLength(2)
    expect(button('开始处理').hasAttribute('disabled')).toBe(false)
  })

  it('are not done again where they were skipped', async () => {
    await shown({
      files: [],
      kept_ms: 3_000_000,
      state: 'reviewing',
      steps: steps({ state: 'skipped' }, { state: 'skipped' }),
    })
    expect(screen.queryByRole('button', { name: /起重新处理/ })).toBeNull()
  })

  it('show why they could not begin', async () => {
    vi.mocked(startRun).mockRejectedValueOnce(new Problem(409, 'PRODUCTION_RUNNING', { detail: '正在处理' }))
    await shown({})
    await userEvent.click(button('开始处理'))
    await flushPromises()
    expect(screen.getByRole('alert').textContent).toContain('正在处理')
  })

  it('can be begun again when nothing was heard of them for long', async () => {
    vi.useFakeTimers({ now: new Date('2026-12-01T02:04:00Z'), toFake: ['Date', 'setInterval', 'clearInterval'] })
    try {
      await shown({ state: 'running', steps: steps({ state: 'running' }) })
      expect(screen.queryByRole('button')).toBeNull()
      await vi.advanceTimersByTimeAsync(2 * 60_000)
      await userEvent.click(button('重新开始这一步'))
      await flushPromises()
      expect(startRun).toHaveBeenCalledWith('p1', undefined)
    } finally {
      vi.useRealTimers()
    }
  })

  it('speak English', async () => {
    await shown({ state: 'running', steps: steps({ state: 'running' }) })
    await speak('en')
    expect(said()).toBe('Look into the recording: Under way')
  })

  it('cannot be done again in a production that has ended', async () => {
    await shown({ state: 'published', steps: steps({ state: 'done' }) }, true)
    expect(screen.queryByRole('button')).toBeNull()
  })
})
