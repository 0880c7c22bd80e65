// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../../api/problem'
import { onPage } from '../../components/mounting'
import { decideBlock, draftAgain, readProduction } from './calls'
import type { Block, Lack } from './production'
import { sample, sampleBlock } from './sample'
import SummaryPanel from './SummaryPanel.vue'

vi.mock('./calls', () => ({ decideBlock: vi.fn(), draftAgain: vi.fn(), readProduction: vi.fn() }))

const CHAPTERS = [
  { at: '00:00', title: '开场', summary: '介绍' },
  { at: '12:30', title: '久期', summary: '含义' },
]
const DRAFT = {
  state: 'draft',
  made_by: 'extractive',
  value: CHAPTERS,
  sources: [{ part: 1, start_ms: 750_000, end_ms: 800_000, said: '久期就是加权的时间' }],
} as const

async function shown(blocks: Block[], of: { closed?: boolean; missing?: Lack[]; doubts?: Lack[] } = {}) {
  const production = sample({ blocks, missing: of.missing ?? [], doubts: of.doubts ?? [] })
  const props = { production, closed: of.closed ?? false, src: 'blob:talk', active: true }
  const panel = mount(SummaryPanel, { ...(await onPage()), props })
  return { panel, user: userEvent.setup() }
}

const chapters = (of: Partial<Block> = {}): Block => sampleBlock('chapters', { ...DRAFT, ...of } as Partial<Block>)
const button = (name: string): HTMLElement => screen.getByRole('button', { name })
const sent = (): unknown[] => vi.mocked(decideBlock).mock.calls.map(([, block, body]) => [block, body])

beforeEach(() => {
  localStorage.clear()
  vi.mocked(decideBlock).mockReset().mockResolvedValue(chapters())
  vi.mocked(draftAgain).mockReset().mockResolvedValue(sample())
})

describe('a block of the summary', () => {
  it('stands beside what was said, which a press plays', async () => {
    await shown([chapters()])
    const play = vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue()
    const said = screen.getByRole('list', { name: '讲到的原话' })
    expect(within(said).getByText('久期就是加权的时间')).toBeTruthy()
    await userEvent.click(within(said).getByRole('button', { name: '播放 12:30 至 13:20' }))
    expect(play).toHaveBeenCalledTimes(1)
    expect(document.querySelector('video')?.currentTime).toBe(750)
    // The other chapter rests on nothing that was found.
    expect(screen.getByText('在文稿中没有找到依据。')).toBeTruthy()
  })

  it('is told to be older than the transcript, and other doubts are told elsewhere', async () => {
    const doubts = ['chapters', 'facts/hours'].map((part) => ({ part, message: `看看 ${part}`, message_en: part }))
    await shown([chapters()], { doubts })
    expect(screen.getByText('看看 chapters')).toBeTruthy()
    expect(screen.queryByText('看看 facts/hours')).toBeNull()
  })

  it('asks nobody to write it in a production that has ended', async () => {
    await shown([sampleBlock('abstract')], { closed: true })
    expect(screen.queryByText('全文摘要')).toBeNull()
    expect(screen.getByText('此次制作已结束，没有摘要。')).toBeTruthy()
  })

  it('is accepted by somebody who has said who they are, once', async () => {
    const { panel, user } = await shown([chapters()])
    await user.click(button('采用章节速览'))
    expect(decideBlock).not.toHaveBeenCalled()
    const name = screen.getByLabelText('审核人署名')
    expect(document.activeElement).toBe(name)
    expect(name.getAttribute('aria-invalid')).toBe('true')
    await user.type(name, '王编辑')
    await user.click(button('采用章节速览'))
    await flushPromises()
    expect(sent()).toEqual([['chapters', { revision: 3, decision: 'accept', marks_seen: false, reviewer: '王编辑' }]])
    expect(panel.emitted('changed')).toHaveLength(1)
    expect(localStorage.getItem('xueshi.reviewer')).toBe('王编辑')
  })

  it('is accepted with its marks when they were looked at', async () => {
    localStorage.setItem('xueshi.reviewer', '王编辑')
    const marks = [{ part: 1, message: '时间超出讲座', message_en: 'beyond the lecture' }]
    const { user } = await shown([chapters({ marks })])
    expect(screen.getByText('时间超出讲座')).toBeTruthy()
    await user.click(screen.getByRole('checkbox', { name: '标出的内容我已核对' }))
    await user.click(button('采用章节速览'))
    await flushPromises()
    expect(sent()).toMatchObject([['chapters', { marks_seen: true }]])
  })

  it('is edited with its marks beside what is typed, which are looked at too', async () => {
    localStorage.setItem('xueshi.reviewer', '王编辑')
    const marks = [{ part: 1, message: '时间超出讲座', message_en: 'beyond the lecture' }]
    const { user } = await shown([chapters({ marks })])
    await user.click(button('修改章节速览'))
    expect(screen.getByText('第 2 项：时间超出讲座')).toBeTruthy()
    vi.mocked(decideBlock).mockRejectedValueOnce(new Problem(422, 'BLOCK_MARKED', { detail: '须核对' }))
    await user.click(button('保存这一部分'))
    await flushPromises()
    expect(screen.getByRole('alert').textContent).toContain('须核对')
    await user.click(screen.getByRole('checkbox', { name: '标出的内容我已核对' }))
    await user.click(button('保存这一部分'))
    await flushPromises()
    expect(sent()).toMatchObject([
      ['chapters', { decision: 'edit', marks_seen: false }],
      ['chapters', { decision: 'edit', marks_seen: true }],
    ])
  })

  it('has the focus where it is typed first, or where the first row of a long list is opened', async () => {
    const { panel, user } = await shown([chapters()])
    await user.click(button('修改章节速览'))
    expect(document.activeElement).toBe(screen.getAllByLabelText('开始时间')[0])
    panel.unmount()
    const many = Array.from({ length: 6 }, (_, n) => ({ at: `0${n}:00`, title: '一章', summary: '概要' }))
    await shown([chapters({ value: many })])
    await user.click(button('修改章节速览'))
    expect(document.activeElement).toBe(screen.getByRole('button', { name: '章节 1 00:00 一章' }))
  })

  it('is edited, and sent with its chapters in order', async () => {
    localStorage.setItem('xueshi.reviewer', '王编辑')
    const { user } = await shown([chapters()])
    await user.click(button('修改章节速览'))
    const second = within(screen.getByRole('group', { name: '章节 2' }))
    await user.clear(second.getByLabelText('标题'))
    await user.type(second.getByLabelText('标题'), '什么是久期')
    await user.click(button('添加章节'))
    const third = within(screen.getByRole('group', { name: '章节 3' }))
    expect(document.activeElement).toBe(third.getByLabelText('开始时间'))
    await user.type(third.getByLabelText('开始时间'), '5:00')
    await user.click(button('保存这一部分'))
    await flushPromises()
    expect(sent()).toMatchObject([['chapters', { revision: 3, decision: 'edit', reviewer: '王编辑' }]])
    const [, , body] = vi.mocked(decideBlock).mock.calls[0] ?? []
    expect((body?.value as typeof CHAPTERS).map(({ at, title }) => [at, title])).toEqual([
      ['00:00', '开场'],
      ['5:00', ''],
      ['12:30', '什么是久期'],
    ])
    expect(screen.queryByRole('group', { name: '章节 2' })).toBeNull()
  })

  it('keeps what is typed when it is wrong, and says where', async () => {
    const { user } = await shown([sampleBlock('questions')])
    await user.click(button('编写弹窗题目'))
    await user.click(button('添加题目'))
    await user.type(screen.getByLabelText('题目'), '久期是什么？')
    for (const [number, choice] of ['甲', '乙'].entries())
      await user.type(screen.getByLabelText(`选项 ${number + 1}`), choice)
    await user.click(screen.getAllByRole('radio', { name: '正确' })[1]!)
    const errors = [{ pointer: '/0/choices', message: '应有 4 个选项', message_en: 'four choices' }]
    vi.mocked(decideBlock).mockRejectedValueOnce(new Problem(422, 'BLOCK_INVALID', { errors }))
    await user.click(button('保存这一部分'))
    await flushPromises()
    expect(within(screen.getByRole('alert')).getByText(/第 1 项的“选项”：.*应有 4 个选项/)).toBeTruthy()
    expect(sent()).toMatchObject([
      ['questions', { value: [{ text: '久期是什么？', choices: ['甲', '乙'], answer: '乙' }] }],
    ])
    expect((screen.getByLabelText('选项 1') as HTMLInputElement).value).toBe('甲')
  })

  it('shows what a colleague saved meanwhile beside what is typed, which the next press saves', async () => {
    const { user } = await shown([sampleBlock('abstract', { state: 'written', value: '原来的' })])
    await user.click(button('修改全文摘要'))
    await user.clear(screen.getByRole('textbox', { name: '全文摘要' }))
    await user.type(screen.getByRole('textbox', { name: '全文摘要' }), '我写的')
    vi.mocked(decideBlock).mockRejectedValueOnce(new Problem(409, 'PRODUCTION_CHANGED', { revision: 4 }))
    const theirs = sampleBlock('abstract', { state: 'written', value: '对方写的', revision: 4 })
    vi.mocked(readProduction).mockResolvedValueOnce(sample({ blocks: [theirs] }))
    await user.click(button('保存这一部分'))
    await flushPromises()
    expect(within(screen.getByRole('group', { name: '同事同时保存的内容' })).getByText('对方写的')).toBeTruthy()
    expect((screen.getByRole('textbox', { name: '全文摘要' }) as HTMLTextAreaElement).value).toBe('我写的')
    await user.click(button('保存这一部分'))
    await flushPromises()
    expect(sent()[1]).toMatchObject(['abstract', { revision: 4, value: '我写的' }])
  })

  it('is typed as an outline where it is a mind map', async () => {
    const { user } = await shown([sampleBlock('mind_map')])
    await user.click(button('编写思维导图'))
    const outline = screen.getByRole('textbox', { name: '思维导图' })
    await user.type(outline, '久期')
    await user.click(button('保存这一部分'))
    expect(decideBlock).not.toHaveBeenCalled()
    expect(document.activeElement).toBe(outline)
    await user.clear(outline)
    await user.type(outline, '# 久期\n- 含义\n  - 时间')
    await user.click(button('保存这一部分'))
    await flushPromises()
    const map = { text: '久期', children: [{ text: '含义', children: [{ text: '时间', children: [] }] }] }
    expect(sent()).toMatchObject([['mind_map', { value: map }]])
  })

  it('is a row of chips where it is keywords, also when several are pasted', async () => {
    const { user } = await shown([sampleBlock('keywords', { state: 'written', value: ['久期'] })])
    await user.click(button('修改关键词'))
    await user.type(screen.getByLabelText('添加关键词'), '凸性、利率，久期{Enter}')
    await user.click(button('删除关键词 久期'))
    await user.click(button('保存这一部分'))
    await flushPromises()
    expect(sent()).toMatchObject([['keywords', { value: ['凸性', '利率'] }]])
    // A person wrote it: nobody is named.
    expect(vi.mocked(decideBlock).mock.calls[0]?.[2]).not.toHaveProperty('reviewer')
  })

  it('is dropped, and opened again', async () => {
    const { panel, user } = await shown([chapters()])
    await user.click(button('舍弃章节速览'))
    await flushPromises()
    await panel.setProps({ production: sample({ blocks: [chapters({ state: 'dropped', revision: 4 })] }) })
    await user.click(button('重新审核章节速览'))
    await flushPromises()
    expect(sent()).toMatchObject([
      ['chapters', { decision: 'drop', revision: 3 }],
      ['chapters', { decision: 'reopen', revision: 4 }],
    ])
  })

  it('is drafted again by itself, unless something runs or a person has decided', async () => {
    const { panel, user } = await shown([chapters()])
    await user.click(button('重新起草章节速览'))
    await flushPromises()
    expect(vi.mocked(draftAgain).mock.calls).toEqual([['p1', 'chapters', 3]])
    // The button can have no focus while the draft is made.
    expect(document.activeElement?.textContent).toContain('章节速览')
    await panel.setProps({ production: sample({ state: 'running', blocks: [chapters()] }) })
    expect(button('重新起草章节速览').hasAttribute('disabled')).toBe(true)
    await panel.setProps({ production: sample({ blocks: [chapters({ state: 'accepted' })] }) })
    expect(screen.queryByRole('button', { name: '重新起草章节速览' })).toBeNull()
  })

  it.each([
    [null, '已全部由人改写'],
    ['a-model', '其中仍有与机器的草稿相同或相近之处'],
  ])('says once it is saved whose it is: %s', async (maker, said) => {
    localStorage.setItem('xueshi.reviewer', '王编辑')
    const { user } = await shown([chapters()])
    await user.click(button('修改章节速览'))
    expect(screen.getByText(/全部改写后不再注明/)).toBeTruthy()
    expect(screen.getByRole('status').textContent).toBe('')
    vi.mocked(decideBlock).mockResolvedValueOnce(chapters({ made_by: maker }))
    await user.click(button('保存这一部分'))
    await flushPromises()
    expect(screen.getByRole('status').textContent).toContain(said)
    await user.click(button('修改章节速览'))
    expect(screen.getByRole('status').textContent).toBe('')
  })

  it('asks who reviews it where the draft came back, and to look at its marks', async () => {
    const { user } = await shown([sampleBlock('abstract', { state: 'written', value: '自己写的', edited: true })])
    await user.click(button('修改全文摘要'))
    expect(screen.queryByText(/全部改写后不再注明/)).toBeNull()
    vi.mocked(decideBlock).mockRejectedValueOnce(new Problem(422, 'REVIEWER_NEEDED', { detail: '须写明审核人' }))
    await user.click(button('保存这一部分'))
    await flushPromises()
    const name = screen.getByLabelText('审核人署名')
    expect(document.activeElement).toBe(name)
    await user.type(name, '王编辑')
    const marks = [{ part: null, message: '讲稿里没有', message_en: 'not said' }]
    vi.mocked(decideBlock).mockRejectedValueOnce(new Problem(422, 'BLOCK_MARKED', { marks }))
    await user.click(button('保存这一部分'))
    await flushPromises()
    expect(screen.getByText('讲稿里没有')).toBeTruthy()
    await user.click(screen.getByRole('checkbox', { name: '标出的内容我已核对' }))
    await user.click(button('保存这一部分'))
    await flushPromises()
    expect(sent()[2]).toMatchObject(['abstract', { reviewer: '王编辑', marks_seen: true }])
  })

  it('is not drafted again in place of what a person wrote unless they say so', async () => {
    const { panel, user } = await shown([chapters({ edited: true })])
    await user.click(button('重新起草章节速览'))
    const dialog = screen.getByRole('dialog', { name: '重新起草章节速览，替换人写的内容？' })
    await user.click(within(dialog).getByRole('button', { name: '取消' }))
    expect(draftAgain).not.toHaveBeenCalled()
    await panel.setProps({
      production: sample({ blocks: [chapters({ edited: true, state: 'dropped', revision: 5 })] }),
    })
    await user.click(button('重新起草章节速览'))
    await user.click(button('替换'))
    await flushPromises()
    expect(vi.mocked(draftAgain).mock.calls).toEqual([['p1', 'chapters', 5]])
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('says what is wrong with what was decided', async () => {
    const late = { part: 'chapters', message: '第 2 项晚于视频结束', message_en: 'too late' }
    const { panel } = await shown([chapters({ state: 'accepted' })], { missing: [late] })
    expect(screen.getByText('第 2 项晚于视频结束')).toBeTruthy()
    await panel.setProps({ production: sample({ blocks: [chapters()], missing: [late] }) })
    expect(screen.queryByText('第 2 项晚于视频结束')).toBeNull()
  })

  it('says which of its sentences are still the machine’s', async () => {
    await shown([chapters({ edited: true, taken: ['久期的含义'] })])
    const list = screen.getByRole('list', { name: '与机器的草稿相同或相近的，例如：' })
    expect(within(list).getByText('久期的含义')).toBeTruthy()
  })

  it('says of nothing that was taken over from a publication that it rests on nothing', async () => {
    await shown([chapters({ state: 'accepted', sources: [] })])
    expect(screen.queryByText('在文稿中没有找到依据。')).toBeNull()
  })

  it('says of no part that a person wrote that it rests on nothing', async () => {
    await shown([chapters({ edited: true })])
    expect(screen.queryByText('在文稿中没有找到依据。')).toBeNull()
  })

  it('says who made it and who reviewed it; of what a person wrote, that', async () => {
    const reviewed = { state: 'accepted', reviewer: '王编辑', reviewed_at: '2026-12-01T02:00:00Z' } as const
    await shown([
      chapters({ ...reviewed, made_by: 'a-model' }),
      sampleBlock('abstract', { state: 'written', value: '摘要' }),
    ])
    expect(screen.getByText(/AI 生成（a-model），由 王编辑 于 2026-12-01 审核/)).toBeTruthy()
    expect(screen.getByText('由人编写')).toBeTruthy()
  })

  it('cannot be decided on in a production that has ended', async () => {
    await shown([chapters()], { closed: true })
    expect(screen.queryByRole('button', { name: '采用章节速览' })).toBeNull()
    expect(screen.queryByLabelText('审核人署名')).toBeNull()
  })
})
