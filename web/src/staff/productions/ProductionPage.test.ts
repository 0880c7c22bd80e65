// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { onPage } from '../../components/mounting'
import { cancelProduction, decideBlock, readProduction, readTranscript } from './calls'
import type { Production } from './production'
import ProductionPage from './ProductionPage.vue'
import { sample, sampleBlock } from './sample'

vi.mock('./calls', () => ({
  adding: vi.fn(),
  cancelProduction: vi.fn(),
  decideBlock: vi.fn(),
  readProduction: vi.fn(),
  readTranscript: vi.fn(),
}))

const ask = vi.fn(() => false)
window.confirm = ask as typeof window.confirm

async function shown(of: Partial<Production> = {}) {
  const production = sample({ blocks: [sampleBlock('abstract', { state: 'written', value: '原来的' })], ...of })
  vi.mocked(readProduction).mockResolvedValue(production)
  const options = await onPage('productions')
  mount(ProductionPage, { ...options, props: { productionId: 'p1' } })
  await flushPromises()
  return { user: userEvent.setup(), router: options.global.plugins[0] }
}

type User = ReturnType<typeof userEvent.setup>

async function opened(user: User, tab: string) {
  await user.click(screen.getByRole('tab', { name: tab }))
  await flushPromises()
}

/** Whether the browser asks before the window is closed. */
const asksOnClosing = (): boolean => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))

const PLACES: Record<string, (user: User) => Promise<void>> = {
  课程信息: async (user) => user.type(screen.getByLabelText('副标题'), '从价格到久期'),
  摘要: async (user) => {
    await user.click(screen.getByRole('button', { name: '修改全文摘要' }))
    expect(asksOnClosing()).toBe(false)
    await user.type(screen.getByRole('textbox', { name: '全文摘要' }), '我写的')
  },
  文稿: async (user) => {
    await user.click(screen.getByRole('button', { name: '修改 00:00 的句子' }))
    expect(asksOnClosing()).toBe(false)
    await user.type(screen.getByRole('textbox', { name: '00:00 的句子' }), '再看')
  },
}

beforeEach(() => {
  ask.mockReset().mockReturnValue(false)
  const sentences = [{ number: 1, start_ms: 0, end_ms: 9_000, text: '先看久期。' }]
  vi.mocked(readTranscript).mockResolvedValue({ revision: 1, language: 'zh', source: 'captions', sentences })
  vi.mocked(decideBlock).mockReset().mockResolvedValue(sampleBlock('abstract'))
})

describe('the page of a production', () => {
  it.each(Object.keys(PLACES))('keeps what was typed under %s, and asks before it is lost', async (tab) => {
    const { user, router } = await shown()
    await opened(user, tab)
    expect(asksOnClosing()).toBe(false)
    await PLACES[tab]?.(user)
    expect(asksOnClosing()).toBe(true)
    // Another part of the page loses nothing, and nobody is asked.
    const typed = document.activeElement as HTMLInputElement
    const text = typed.value
    await opened(user, '发布')
    await opened(user, tab)
    expect(ask).not.toHaveBeenCalled()
    expect(typed.isConnected).toBe(true)
    expect(typed.value).toBe(text)
    await user.click(screen.getByRole('link', { name: '返回课程制作' }))
    await flushPromises()
    expect(ask).toHaveBeenCalledTimes(1)
    expect(router.currentRoute.value.name).toBe('here')
    ask.mockReturnValue(true)
    await router.push('/productions')
    expect(router.currentRoute.value.name).toBe('productions')
  })

  it('says before publishing that what is not saved is not published', async () => {
    const { user } = await shown()
    await opened(user, '发布')
    expect(screen.queryByText(/发布的只是已保存的内容/)).toBeNull()
    await opened(user, '课程信息')
    await PLACES.课程信息?.(user)
    await opened(user, '发布')
    expect(screen.getByText(/发布的只是已保存的内容/)).toBeTruthy()
  })

  it('leads from what is missing to the very field that lacks it', async () => {
    const instructors = [{ name: '林知远', title: '讲师', bio: '' }]
    const [message, message_en] = ['不能为空', 'must not be empty']
    const faults = [{ pointer: '/instructors/0/bio', message, message_en }]
    const facts = { ...sample().facts, facts: { title: '债券久期', instructors }, faults }
    const missing = [{ part: 'facts/instructors/0/bio', message, message_en }]
    const { user } = await shown({ facts, missing })
    await opened(user, '发布')
    await user.click(screen.getByRole('link', { name: '课程信息 · 讲师' }))
    await flushPromises()
    expect(document.activeElement).toBe(screen.getByLabelText('简介'))
  })

  it('asks no more once what was typed is saved, or given up', async () => {
    const { user } = await shown()
    await opened(user, '摘要')
    await PLACES.摘要?.(user)
    await user.click(screen.getByRole('button', { name: '保存这一部分' }))
    await flushPromises()
    expect(asksOnClosing()).toBe(false)
    await opened(user, '文稿')
    await PLACES.文稿?.(user)
    await user.click(screen.getByRole('button', { name: '取消' }))
    expect(asksOnClosing()).toBe(false)
  })

  it('asks for nothing that a production which has ended would not take', async () => {
    const { user } = await shown()
    await opened(user, '课程信息')
    await PLACES.课程信息?.(user)
    vi.mocked(readProduction).mockResolvedValue(sample({ state: 'cancelled' }))
    await user.click(screen.getByRole('button', { name: '取消制作' }))
    const dialog = within(screen.getByRole('dialog'))
    await user.type(dialog.getByLabelText('理由'), '录错了')
    await user.click(dialog.getByRole('button', { name: '取消制作' }))
    await flushPromises()
    expect(cancelProduction).toHaveBeenCalledTimes(1)
    expect(asksOnClosing()).toBe(false)
  })

  it('says that the published recording is kept, and how long it is', async () => {
    await shown({ kept_ms: 3_000_000 })
    expect(screen.getByText(/沿用已发布的录像（时长 50 分钟/)).toBeTruthy()
    expect(screen.getByText(/要换录像，请在下面选择新的录像/)).toBeTruthy()
  })
})
