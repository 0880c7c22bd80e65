// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../../api/problem'
import { onPage } from '../../components/mounting'
import { completeFile, removeFile, signPart } from './calls'
import FilesPanel from './FilesPanel.vue'
import type { Production } from './production'
import { putPart } from './s3'
import { sample, sampleFile } from './sample'
import { forget } from './useUploads'

const add = vi.hoisted(() => vi.fn())
vi.mock('./s3', () => ({ putPart: vi.fn(), rest: () => Promise.resolve() }))
vi.mock('./calls', () => ({
  adding: () => add,
  signPart: vi.fn((_id: string, _file: string, number: number) => Promise.resolve({ number, url: '', headers: {} })),
  completeFile: vi.fn(() => Promise.resolve({})),
  removeFile: vi.fn(() => Promise.resolve({})),
}))

const PART = 16
const recording = (text = 'x'.repeat(40), lastModified = 1) => new File([text], 'talk.mp4', { lastModified })
/** What is remembered on the device of a file that was chosen. */
const remembered = (lastModified: number): void =>
  localStorage.setItem('xueshi.uploads', JSON.stringify({ f1: { name: 'talk.mp4', size: 40, lastModified } }))

async function shown(of: Partial<Production> = {}, closed = false) {
  const panel = mount(FilesPanel, { ...(await onPage()), props: { production: sample(of), closed } })
  return { panel, user: userEvent.setup() }
}

const status = (): string[] => screen.getAllByRole('status').map(({ textContent }) => textContent.trim())

beforeEach(() => {
  vi.clearAllMocks()
  forget('f1')
  localStorage.clear()
  vi.mocked(putPart).mockResolvedValue(200)
  add.mockResolvedValue(sampleFile({ state: 'uploading' }))
})

describe('the files of a production', () => {
  it('are announced, sent in parts and put together', async () => {
    const { panel, user } = await shown()
    await user.upload(screen.getByLabelText('选择录像或录音'), recording())
    await flushPromises()
    expect(add.mock.calls).toEqual([['p1', { role: 'recording', name: 'talk.mp4', bytes: 40 }]])
    expect(vi.mocked(putPart).mock.calls.map(([, bytes]) => bytes.size)).toEqual([PART, PART, 8])
    expect(completeFile).toHaveBeenCalledWith('p1', 'f1')
    // It was sent before the page knew of it.
    await panel.setProps({ production: sample({ files: [sampleFile({ state: 'uploading' })] }) })
    expect(panel.emitted('changed')).toHaveLength(2)
    await panel.setProps({ production: sample({ files: [sampleFile()] }) })
    expect(screen.getByText('已上传')).toBeTruthy()
    // There is one recording only.
    expect(screen.queryByLabelText('选择录像或录音')).toBeNull()
    expect(screen.getByLabelText('选择讲义')).toBeTruthy()
  })

  it('are refused with what to do before anything is sent', async () => {
    const refusal = { code: 'FILE_REFUSED', errors: [{ message: '文件是空的', message_en: 'empty' }] }
    add.mockRejectedValue(new Problem(422, 'FILE_REFUSED', refusal))
    const { user } = await shown()
    await user.upload(screen.getByLabelText('选择录像或录音'), recording(''))
    await flushPromises()
    expect(within(screen.getByRole('alert')).getByText('文件是空的')).toBeTruthy()
    expect(signPart).not.toHaveBeenCalled()
  })

  it('are taken one by one: who is refused is named, and keeps none of the others away', async () => {
    const refusal = { code: 'FILE_REFUSED', errors: [{ message: '文件是空的', message_en: 'empty' }] }
    add.mockRejectedValueOnce(new Problem(422, 'FILE_REFUSED', refusal))
    const { user } = await shown()
    const handouts = ['空.pdf', '表.pdf'].map((name) => new File(['x'], name))
    await user.upload(screen.getByLabelText('选择讲义'), handouts)
    await flushPromises()
    expect(add.mock.calls.map(([, { name }]) => name as string)).toEqual(['空.pdf', '表.pdf'])
    expect(screen.getByText('没有接受“空.pdf”：')).toBeTruthy()
    expect(screen.getAllByRole('alert')).toHaveLength(1)
    expect(signPart).toHaveBeenCalled()
  })

  it('give way to others where they cannot be used', async () => {
    const { user } = await shown({ files: [sampleFile({ file_id: 'f0', state: 'refused' })] })
    await user.upload(screen.getByLabelText('选择录像或录音'), recording())
    await flushPromises()
    expect(removeFile).toHaveBeenCalledWith('p1', 'f0')
    expect(vi.mocked(removeFile).mock.invocationCallOrder[0]).toBeLessThan(add.mock.invocationCallOrder[0] ?? 0)
  })

  it('say how far they are, and are paused and resumed', async () => {
    const { panel, user } = await shown()
    vi.mocked(putPart).mockImplementation((part, _bytes, sent, signal) => {
      if (part.number === 2) sent(4)
      return part.number === 2
        ? new Promise((resolve) => signal.addEventListener('abort', () => resolve(0)))
        : Promise.resolve(200)
    })
    await user.upload(screen.getByLabelText('选择录像或录音'), recording())
    await panel.setProps({ production: sample({ files: [sampleFile({ state: 'uploading' })] }) })
    await flushPromises()
    expect(screen.getByRole('progressbar', { name: 'talk.mp4 的上传进度' }).getAttribute('value')).toBe('70')
    expect(status()).toContain('talk.mp4：正在上传，50%')
    await user.click(screen.getByRole('button', { name: '暂停上传 talk.mp4' }))
    expect(status()).toContain('talk.mp4：已暂停，50%')
    vi.mocked(putPart).mockResolvedValue(200)
    await user.click(screen.getByRole('button', { name: '继续上传 talk.mp4' }))
    await flushPromises()
    expect(completeFile).toHaveBeenCalledTimes(1)
    // When it was announced, and when it was there.
    expect(panel.emitted('changed')).toHaveLength(2)
  })

  it('go on after a reload when the same file is chosen again', async () => {
    remembered(1)
    const { user } = await shown({ files: [sampleFile({ state: 'uploading', parts_here: [1, 3] })] })
    const again = screen.getByLabelText('再选一次这个文件')
    await user.upload(again, recording(undefined, 2))
    expect(screen.getByText(/这不是同一个文件/)).toBeTruthy()
    expect(putPart).not.toHaveBeenCalled()
    await user.upload(again, recording())
    await flushPromises()
    expect(vi.mocked(signPart).mock.calls.map(([, , number]) => number)).toEqual([2])
    expect(completeFile).toHaveBeenCalledTimes(1)
  })

  it('may be captions in the other language of the lecture', async () => {
    const { user } = await shown()
    await user.upload(screen.getByLabelText('选择英语字幕'), new File(['1'], 'en.srt'))
    await flushPromises()
    expect(add.mock.calls).toEqual([['p1', { role: 'translation', name: 'en.srt', bytes: 1 }]])
    document.body.innerHTML = ''
    await shown({ language: 'en' })
    expect(screen.getByLabelText('选择中文字幕')).toBeTruthy()
  })

  it('that are here say what to look at', async () => {
    const problem = { code: 'CAPTIONS_OVERLAP', message: '第 6 行:同时显示', message_en: 'line 6: both' }
    await shown({ files: [sampleFile({ role: 'captions', name: 'zh.srt', problem })] })
    expect(screen.getByText('第 6 行:同时显示').className).not.toContain('bad-news')
    expect(screen.getByText('已上传')).toBeTruthy()
  })

  it('say why they cannot be used', async () => {
    const problem = { code: 'FILE_NOT_AS_NAMED', message: '内容与文件类型不符', message_en: 'not of that type' }
    await shown({ files: [sampleFile({ state: 'refused', problem })] })
    expect(screen.getByText('内容与文件类型不符')).toBeTruthy()
  })

  it('are removed when that is confirmed', async () => {
    const { panel, user } = await shown({ files: [sampleFile()] })
    await user.click(screen.getByRole('button', { name: '移除 talk.mp4' }))
    expect(removeFile).not.toHaveBeenCalled()
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: '移除' }))
    await flushPromises()
    expect(removeFile).toHaveBeenCalledWith('p1', 'f1')
    expect(panel.emitted('changed')).toHaveLength(1)
  })

  it('stay as they are in a production that has ended', async () => {
    await shown({ files: [sampleFile()] }, true)
    expect(screen.queryByRole('button')).toBeNull()
    expect(screen.queryByLabelText('选择讲义')).toBeNull()
  })
})
