// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { onPage, speak } from '../components/mounting'
import PlayerControls from './PlayerControls.vue'

const PAUSED = {
  playing: false,
  enabled: true,
  positionMs: 90_000,
  creditedMs: 60_000,
  frontierMs: 120_000,
  durationMs: 600_000,
  chapters: [
    { at_ms: 0, title: '绪论', summary: '' },
    { at_ms: 80_000, title: '评估', summary: '' },
    { at_ms: 300_000, title: '小结', summary: '' },
  ],
  rate: 1,
  maxRate: 1.5,
  muted: false,
  languages: ['zh-CN', 'en'],
  captions: null,
  qualities: [],
  quality: 'auto' as const,
  fullWindow: false,
  canFloat: true,
  floats: false,
}

async function shown(props: Partial<InstanceType<typeof PlayerControls>['$props']> = {}) {
  const controls = mount(PlayerControls, { ...(await onPage()), props: { ...PAUSED, ...props } })
  return { controls, user: userEvent.setup() }
}

const bar = (): HTMLInputElement => screen.getByRole('slider', { name: '进度' })
const optionsOf = (select: HTMLElement): string[] =>
  [...select.querySelectorAll('option')].map(({ text }) => text.trim())

describe("the player's buttons", () => {
  it.each([
    ['播放', {}, 'toggle', []],
    ['暂停', { playing: true }, 'toggle', []],
    ['后退 10 秒', {}, 'seek', [80_000]],
    ['静音', {}, 'mute', []],
    ['取消静音', { muted: true }, 'mute', []],
    ['全窗口', {}, 'window', []],
    ['退出全窗口', { fullWindow: true }, 'window', []],
    ['画中画', {}, 'float', []],
    ['退出画中画', { floats: true }, 'float', []],
  ])('say what a press will do: %s', async (name, props, event, payload) => {
    const { controls, user } = await shown(props)
    screen.getByRole('button', { name }).focus()
    await user.keyboard('{Enter}')
    expect(controls.emitted(event)).toEqual([payload])
  })

  it('speak English on an English page', async () => {
    await speak('en')
    await shown()
    for (const name of ['Play', 'Back 10 seconds', 'Mute', 'Fill the window']) {
      expect(screen.getByRole('button', { name })).toBeDefined()
    }
  })

  it('do nothing to a lecture that is not open, and still let the learner leave the full window', async () => {
    const { controls, user } = await shown({ enabled: false, fullWindow: true })
    await user.click(screen.getByRole('button', { name: '播放' }))
    await user.click(screen.getByRole('button', { name: '后退 10 秒' }))
    expect(bar().disabled).toBe(true)
    expect(controls.emitted()).not.toHaveProperty('toggle')
    expect(controls.emitted()).not.toHaveProperty('seek')
    await user.click(screen.getByRole('button', { name: '退出全窗口' }))
    expect(controls.emitted('window')).toHaveLength(1)
  })
})

describe('the seek bar', () => {
  it('tells where the learner is, what is credited, and how long the lecture is', async () => {
    await shown()
    expect(bar().getAttribute('aria-valuetext')).toBe('01:30，已计入至 01:00，共 10:00')
    expect([bar().value, bar().max]).toEqual(['90000', '600000'])
  })

  it('tells it in English on an English page', async () => {
    await speak('en')
    await shown()
    const slider = screen.getByRole('slider', { name: 'Position' })
    expect(slider.getAttribute('aria-valuetext')).toBe('01:30, credited until 01:00, of 10:00')
  })

  it.each([
    ['back', 30_000, 30_000],
    ['no further than what was watched', 400_000, 120_000],
  ])('leads %s', async (_, dragged, reached) => {
    const { controls } = await shown()
    fireEvent.input(bar(), { target: { value: String(dragged) } })
    expect(controls.emitted('seek')).toEqual([[reached]])
    expect(bar().value).toBe(String(reached))
  })

  it('names the chapter that is played', async () => {
    const { controls } = await shown()
    expect(screen.getByText('正在看：评估')).toBeDefined()
    await controls.setProps({ positionMs: 300_000 })
    expect(screen.getByText('正在看：小结')).toBeDefined()
  })
})

describe('the speed', () => {
  it('can be chosen up to the highest that counts', async () => {
    const { controls, user } = await shown()
    const speeds = screen.getByRole('combobox', { name: /播放速度/ })
    expect(optionsOf(speeds)).toEqual(['0.75 倍', '1 倍', '1.25 倍', '1.5 倍'])
    await user.selectOptions(speeds, '1.5 倍')
    expect(controls.emitted('rate')).toEqual([[1.5]])
  })

  it('is no choice where there is but one', async () => {
    await shown({ maxRate: 0.75 })
    expect(screen.queryByRole('combobox', { name: /播放速度/ })).toBeNull()
  })
})

describe('captions', () => {
  it('are chosen by their language, in the language of the page', async () => {
    const { controls, user } = await shown()
    const languages = screen.getByRole('combobox', { name: '字幕' })
    expect(optionsOf(languages)).toEqual(['不显示字幕', '中文（中国）', '英语'])
    await user.selectOptions(languages, '英语')
    await controls.setProps({ captions: 'en' })
    await user.selectOptions(languages, '不显示字幕')
    expect(controls.emitted('captions')).toEqual([['en'], [null]])
  })

  it('are a switch where there is one language', async () => {
    const { controls, user } = await shown({ languages: ['zh-CN'] })
    await user.click(screen.getByRole('button', { name: '打开字幕', pressed: false }))
    await controls.setProps({ captions: 'zh-CN' })
    await user.click(screen.getByRole('button', { name: '关闭字幕', pressed: true }))
    expect(controls.emitted('captions')).toEqual([['zh-CN'], [null]])
  })

  it('are not offered where there are none', async () => {
    await shown({ languages: [] })
    expect(screen.queryByRole('combobox', { name: '字幕' })).toBeNull()
    expect(screen.queryByRole('button', { name: '打开字幕' })).toBeNull()
  })
})
