// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../../api/problem'
import { onPage } from '../../components/mounting'
import { correctTranscript, readTranscript } from './calls'
import type { Transcript } from './production'
import TranscriptEditor from './TranscriptEditor.vue'

vi.mock('./calls', () => ({ correctTranscript: vi.fn(), readTranscript: vi.fn() }))

const transcript = (texts: string[], revision = 1): Transcript => ({
  revision,
  language: 'zh',
  source: 'captions',
  sentences: texts.map((text, index) => ({
    number: index + 1,
    start_ms: index * 10_000,
    end_ms: index * 10_000 + 9_000,
    text,
  })),
})

async function shown(of: { closed?: boolean } = {}) {
  const props = { productionId: 'p1', madeAt: null, closed: of.closed ?? false, src: 'blob:talk', active: true }
  const panel = mount(TranscriptEditor, { ...(await onPage()), props })
  await flushPromises()
  return { panel, user: userEvent.setup() }
}

const button = (name: string): HTMLElement => screen.getByRole('button', { name })
const typed = (time: string): HTMLTextAreaElement => screen.getByRole('textbox', { name: `${time} 的句子` })

async function corrected(user: ReturnType<typeof userEvent.setup>, text: string) {
  await user.click(button('修改 00:10 的句子'))
  await user.clear(typed('00:10'))
  await user.type(typed('00:10'), text)
}

beforeEach(() => {
  vi.mocked(readTranscript)
    .mockReset()
    .mockResolvedValue(transcript(['先看久期。', '再看土性。']))
  vi.mocked(correctTranscript)
    .mockReset()
    .mockResolvedValue(transcript(['先看久期。', '再看凸性。'], 2))
})

describe('the transcript', () => {
  it('is corrected in its place, and the focus stays with the sentence', async () => {
    const { user } = await shown()
    await corrected(user, '再看凸性。')
    await user.keyboard('{Control>}{Enter}{/Control}')
    await flushPromises()
    expect(vi.mocked(correctTranscript).mock.calls).toEqual([['p1', 1, [{ number: 2, text: '再看凸性。' }]]])
    expect(screen.getByText('再看凸性。')).toBeTruthy()
    expect(screen.getByText('00:10 的句子已保存，时间不变。')).toBeTruthy()
    expect(document.activeElement).toBe(button('修改 00:10 的句子'))
  })

  it('is left as it was with Escape', async () => {
    const { user } = await shown()
    await corrected(user, '别的')
    await user.keyboard('{Escape}')
    expect(screen.getByText('再看土性。')).toBeTruthy()
    expect(document.activeElement).toBe(button('修改 00:10 的句子'))
    expect(correctTranscript).not.toHaveBeenCalled()
  })

  it('keeps the keys of the typed text from moving in the list', async () => {
    const { user } = await shown()
    await user.click(button('修改 00:10 的句子'))
    await user.keyboard('{ArrowUp}{Home}')
    expect(document.activeElement).toBe(typed('00:10'))
  })

  it('is not left empty', async () => {
    const { user } = await shown()
    await user.click(button('修改 00:10 的句子'))
    await user.clear(typed('00:10'))
    await user.click(button('保存'))
    expect(screen.getByText('请填写这句话')).toBeTruthy()
    expect(correctTranscript).not.toHaveBeenCalled()
  })

  it('takes a correction that a colleague’s elsewhere has overtaken', async () => {
    const { user } = await shown()
    await corrected(user, '再看凸性。')
    vi.mocked(correctTranscript).mockRejectedValueOnce(new Problem(409, 'PRODUCTION_CHANGED', { revision: 7 }))
    vi.mocked(readTranscript).mockResolvedValueOnce(transcript(['先说久期。', '再看土性。'], 7))
    await user.click(button('保存'))
    await flushPromises()
    expect(vi.mocked(correctTranscript).mock.calls[1]?.slice(1)).toEqual([7, [{ number: 2, text: '再看凸性。' }]])
    expect(screen.queryByRole('textbox', { name: '00:10 的句子' })).toBeNull()
  })

  it('shows a colleague’s correction of the same sentence beside the own', async () => {
    const { user } = await shown()
    await corrected(user, '再看凸性。')
    vi.mocked(correctTranscript).mockRejectedValueOnce(new Problem(409, 'PRODUCTION_CHANGED', { revision: 7 }))
    vi.mocked(readTranscript).mockResolvedValueOnce(transcript(['先看久期。', '再看弹性。'], 7))
    await user.click(button('保存'))
    await flushPromises()
    expect(typed('00:10').value).toBe('再看凸性。')
    expect(screen.getByText('再看弹性。')).toBeTruthy()
    await user.click(button('采用对方的文稿'))
    expect(typed('00:10').value).toBe('再看弹性。')
  })

  it('goes where a sentence is said, and is searched', async () => {
    const { user } = await shown()
    const play = vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue()
    await user.click(button('跳到 00:10'))
    expect(document.querySelector('video')?.currentTime).toBe(10)
    expect(play).toHaveBeenCalled()
    await user.type(screen.getByRole('searchbox', { name: '在文稿中查找' }), '久期')
    expect(within(screen.getByRole('search')).getByRole('status').textContent).toContain('第 1 处，共 1 处')
  })

  it('says where it is missing, and that the course can do without', async () => {
    vi.mocked(readTranscript).mockResolvedValue({ ...transcript([], 0), source: 'none' })
    await shown()
    expect(screen.getByText(/没有文稿也可以发布/)).toBeTruthy()
  })

  it('is only read in a production that has ended', async () => {
    await shown({ closed: true })
    expect(button('跳到 00:10')).toBeTruthy()
    expect(screen.queryByRole('button', { name: '修改 00:10 的句子' })).toBeNull()
  })
})
