// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../../api/problem'
import { onPage } from '../../components/mounting'
import { readProduction, removeFile, writeFacts } from './calls'
import FactsPanel from './FactsPanel.vue'
import type { Facts } from './production'
import { sample, sampleFile } from './sample'

const add = vi.hoisted(() => vi.fn())
vi.mock('./calls', () => ({
  writeFacts: vi.fn(),
  readProduction: vi.fn(),
  removeFile: vi.fn(() => Promise.resolve({})),
  adding: () => add,
  signPart: () => Promise.resolve(undefined),
}))

const FACTS = { title: '债券久期', hours: '1.5', eligible_credentials: ['AFP'], price_fen: 19900 }
const facts = (of: Partial<Facts> = {}): Facts => ({ ...sample().facts, facts: FACTS, ...of })

async function shown(closed = false) {
  const panel = mount(FactsPanel, { ...(await onPage()), props: { production: sample({ facts: facts() }), closed } })
  return { panel, user: userEvent.setup() }
}

const field = (name: string): HTMLInputElement => screen.getByLabelText(name)
const described = (input: HTMLElement): string =>
  document.getElementById(input.getAttribute('aria-describedby') ?? '')?.textContent ?? ''
const save = (): HTMLElement => screen.getByRole('button', { name: '保存课程信息' })

async function retyped(user: ReturnType<typeof userEvent.setup>, name: string, text: string) {
  await user.clear(field(name))
  await user.type(field(name), text)
}

beforeEach(() => {
  vi.mocked(writeFacts)
    .mockReset()
    .mockImplementation((_id, revision, sent) => Promise.resolve(facts({ revision: revision + 1, facts: sent })))
})

describe('the facts', () => {
  it('are saved when somebody says so, with all that they have', async () => {
    const { panel, user } = await shown()
    await retyped(user, '学时', '2')
    await user.click(screen.getByRole('checkbox', { name: 'CFP' }))
    await user.click(screen.getByRole('button', { name: '添加讲师' }))
    await user.type(field('姓名'), '林知远')
    expect(screen.getByRole('status').textContent).toContain('尚未保存')
    expect(writeFacts).not.toHaveBeenCalled()
    await user.click(save())
    await flushPromises()
    expect(vi.mocked(writeFacts).mock.calls[0]).toMatchObject([
      'p1',
      1,
      { hours: '2', eligible_credentials: ['AFP', 'CFP'], price_fen: 19900, instructors: [{ name: '林知远' }] },
    ])
    expect(screen.getByRole('status').textContent).toContain('已保存')
    expect(panel.emitted('changed')).toHaveLength(1)
  })

  it('have what the service finds wrong beside the fields, and are kept all the same', async () => {
    const { user } = await shown()
    expect(field('学时').getAttribute('aria-invalid')).toBe('false')
    const faults = [{ pointer: '/hours', message: '应在 0.1 与 50 之间', message_en: 'between 0.1 and 50' }]
    vi.mocked(writeFacts).mockResolvedValueOnce(facts({ revision: 2, faults }))
    await user.click(save())
    await flushPromises()
    expect(field('学时').getAttribute('aria-invalid')).toBe('true')
    expect(screen.getByText('应在 0.1 与 50 之间')).toBeTruthy()
    await user.click(save())
    await flushPromises()
    expect(writeFacts).toHaveBeenCalledTimes(2)
  })

  it('say below the hours what is odd about them, until others are typed', async () => {
    const { panel, user } = await shown()
    const doubts = [{ part: 'facts/hours', message: '请核对学时', message_en: 'check the hours' }]
    await panel.setProps({ production: sample({ facts: facts(), doubts }) })
    expect(described(field('学时'))).toBe('请核对学时')
    expect(field('学时').getAttribute('aria-invalid')).toBe('false')
    await retyped(user, '学时', '2')
    expect(described(field('学时'))).not.toContain('请核对学时')
  })

  it('keep the content’s id once it is published', async () => {
    const { panel } = await shown()
    expect(field('内容编号').readOnly).toBe(false)
    await panel.setProps({ production: sample({ facts: facts(), base_publication: 2 }) })
    expect(field('内容编号').readOnly).toBe(true)
    expect(described(field('内容编号'))).toContain('不能更改')
  })

  it('are not sent with a price that is none', async () => {
    const { user } = await shown()
    await retyped(user, '售价（元）', 'gratis')
    await user.click(save())
    expect(document.activeElement).toBe(field('售价（元）'))
    expect(writeFacts).not.toHaveBeenCalled()
  })

  it('show what a colleague saved meanwhile beside what was typed, and lose neither', async () => {
    const { user } = await shown()
    await retyped(user, '标题', '我的标题')
    vi.mocked(writeFacts).mockRejectedValueOnce(new Problem(409, 'PRODUCTION_CHANGED', { revision: 5 }))
    const newer = facts({ revision: 5, facts: { ...FACTS, title: '对方的标题', subtitle: '对方的副标题' } })
    vi.mocked(readProduction).mockResolvedValueOnce(sample({ facts: newer }))
    await user.click(save())
    await flushPromises()
    expect(field('标题').value).toBe('我的标题')
    expect(field('副标题').value).toBe('对方的副标题')
    expect(screen.getByText('对方的标题')).toBeTruthy()
    expect(screen.getByRole('alert')).toBeTruthy()
    await user.click(save())
    await flushPromises()
    expect(vi.mocked(writeFacts).mock.calls[1]).toMatchObject([
      'p1',
      5,
      { title: '我的标题', subtitle: '对方的副标题' },
    ])
    expect(screen.queryByText('对方的标题')).toBeNull()
  })

  it('are not judged by what was saved before when they are refused, which is said', async () => {
    const faults = [{ pointer: '/subtitle', message: '缺少此项', message_en: 'missing' }]
    const { panel, user } = await shown()
    await panel.setProps({ production: sample({ facts: facts({ revision: 2, faults }) }) })
    await retyped(user, '副标题', '从价格到久期')
    vi.mocked(writeFacts).mockRejectedValueOnce(new Problem(503, 'UNAVAILABLE'))
    await user.click(save())
    await flushPromises()
    expect(field('副标题').getAttribute('aria-invalid')).toBe('false')
    expect(screen.getByRole('status').textContent).toContain('没有保存')
    await user.click(save())
    await flushPromises()
    expect(screen.getByRole('status').textContent).toContain('已保存')
  })

  it('are not marked by a fault that was mended and not saved yet', async () => {
    const faults = [{ pointer: '/subtitle', message: '缺少此项', message_en: 'missing' }]
    vi.mocked(writeFacts).mockResolvedValueOnce(facts({ revision: 2, faults }))
    const { user } = await shown()
    await user.click(save())
    await flushPromises()
    expect(field('副标题').getAttribute('aria-invalid')).toBe('true')
    await user.type(field('副标题'), '从价格到久期')
    expect(field('副标题').getAttribute('aria-invalid')).toBe('false')
  })

  it('are not cut: what is too long is counted and not sent', async () => {
    const { user } = await shown()
    await user.click(field('副标题'))
    await user.paste('久'.repeat(301))
    expect(field('副标题').value).toHaveLength(301)
    expect(screen.getByText(/已有 301 个字符，最多 300 个/)).toBeTruthy()
    await user.click(save())
    expect(document.activeElement).toBe(field('副标题'))
    expect(writeFacts).not.toHaveBeenCalled()
  })

  it('hold the page while something is not saved', async () => {
    const { user } = await shown()
    const closing = (): boolean => window.dispatchEvent(new Event('beforeunload', { cancelable: true }))
    expect(closing()).toBe(true)
    await user.type(field('副标题'), '久期')
    expect(closing()).toBe(false)
    await user.click(save())
    await flushPromises()
    expect(closing()).toBe(true)
  })

  it('show of the instructors all that a colleague saved', async () => {
    const person = { name: '林知远', title: '研究员', bio: '二十年债券投资' }
    const { user } = await shown()
    await user.click(screen.getByRole('button', { name: '添加讲师' }))
    await user.type(field('姓名'), '林知远')
    vi.mocked(writeFacts).mockRejectedValueOnce(new Problem(409, 'PRODUCTION_CHANGED'))
    const newer = facts({ revision: 5, facts: { ...FACTS, instructors: [person] } })
    vi.mocked(readProduction).mockResolvedValueOnce(sample({ facts: newer }))
    await user.click(save())
    await flushPromises()
    expect(screen.getByText(/林知远 · 研究员/).textContent).toContain('二十年债券投资')
  })

  it('take the colleague’s where that is wanted', async () => {
    const { user } = await shown()
    await retyped(user, '标题', '我的标题')
    vi.mocked(writeFacts).mockRejectedValueOnce(new Problem(409, 'PRODUCTION_CHANGED'))
    vi.mocked(readProduction).mockResolvedValueOnce(
      sample({ facts: facts({ revision: 5, facts: { ...FACTS, title: '对方的标题' } }) }),
    )
    await user.click(save())
    await flushPromises()
    await user.click(screen.getByRole('button', { name: '采用对方的标题' }))
    expect(field('标题').value).toBe('对方的标题')
    expect(screen.queryByRole('button', { name: '采用对方的标题' })).toBeNull()
  })

  it('follow a colleague’s where nothing is typed, and stay where something is', async () => {
    const { panel, user } = await shown()
    const others = (title: string, revision: number) =>
      sample({ facts: facts({ revision, facts: { ...FACTS, title } }) })
    await panel.setProps({ production: others('新标题', 2) })
    expect(field('标题').value).toBe('新标题')
    await user.type(field('标题'), '二')
    await panel.setProps({ production: others('更新的标题', 3) })
    expect(field('标题').value).toBe('新标题二')
  })

  it('cannot be changed in a production that has ended', async () => {
    await shown(true)
    expect(field('标题').closest('fieldset')?.disabled).toBe(true)
    expect(screen.queryByRole('button', { name: '保存课程信息' })).toBeNull()
  })
})

describe('the portraits of instructors', () => {
  const person = (name: string) => ({ name, title: '讲师', bio: '' })
  const portrait = (instructor: string) =>
    sampleFile({ role: 'portrait', name: 'face.jpg', instructor, picture_url: `https://bucket/${instructor}` })

  async function withPeople(names: string[], files = [portrait('林知远')]) {
    const production = sample({ facts: facts({ facts: { ...FACTS, instructors: names.map(person) } }), files })
    const panel = mount(FactsPanel, { ...(await onPage()), props: { production, closed: false } })
    return { panel, user: userEvent.setup() }
  }

  it('are shown and removed with whoever they are of, and brought for the others', async () => {
    add.mockResolvedValue(sampleFile({ state: 'uploading' }))
    const { panel, user } = await withPeople(['林知远', '周行'])
    const first = within(screen.getByRole('group', { name: '讲师 1' }))
    expect(first.getByRole('img', { name: '林知远的照片' }).getAttribute('src')).toBe('https://bucket/林知远')
    expect(first.queryByLabelText('选择林知远的照片')).toBeNull()
    await user.upload(screen.getByLabelText('选择周行的照片'), new File(['1'], 'b.png'))
    await flushPromises()
    const wanted = { role: 'portrait', name: 'b.png', bytes: 1, instructor: '周行' }
    expect(add.mock.calls).toEqual([['p1', wanted]])
    await user.click(first.getByRole('button', { name: '移除 face.jpg' }))
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: '移除' }))
    await flushPromises()
    expect(removeFile).toHaveBeenCalledWith('p1', 'f1')
    expect(panel.emitted('changed')).toHaveLength(2)
  })

  it('wait for a name that is saved', async () => {
    const { user } = await withPeople(['林知远'])
    await user.type(field('姓名'), '先生')
    expect(screen.getByText(/保存讲师的姓名后/)).toBeTruthy()
    expect(screen.queryByRole('img')).toBeNull()
  })

  it('say so where they are of nobody, and can be removed', async () => {
    await withPeople(['周行'])
    expect(screen.getByText(/有“林知远”的照片/)).toBeTruthy()
    expect(screen.getByRole('button', { name: '移除 face.jpg' })).toBeTruthy()
  })
})
