// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { Problem } from '../api/problem'
import { onPage, speak } from '../components/mounting'
import { initial, type Model, type Prompt, type WatchState } from '@xueshi/client'
import PlayerDialogs from './PlayerDialogs.vue'

const PROMPT: Prompt = { index: 1, nonce: 'n1', question: null, wrong_answers: 0 }
const QUESTION: Prompt = { ...PROMPT, question: { text: '每分钟按压多少次？', choices: ['60 次', '100 次'] } }
const WATCH: WatchState = {
  token: 't1',
  watch_id: 'w1',
  duration_ms: 600_000,
  furthest_ms: 125_000,
  saved_at: '2026-11-29T08:00:00Z',
  next_beat_ms: 15_000,
  max_rate: '1.5',
  gap_cap_ms: 60_000,
  day_left_ms: 3_600_000,
  prompts: { total: 3, confirmed: 1 },
  prompt: null,
  completed: false,
}

function asking(prompt: Prompt | null, more: Partial<Model<Problem>> = {}): Model<Problem> {
  return { ...initial<Problem>(), phase: 'open', watch: { ...WATCH, prompt }, ...more }
}

/** The confirmation is under way, and was not answered so many times. */
function confirming(failures: number): Partial<Model<Problem>> {
  const request = { kind: 'confirm', token: 't1', nonce: 'n1', choice: null } as const
  return { call: { id: 1, request, firstSentAt: 0, failures, retryAt: null, waiting: false } }
}

async function shown(model: Model<Problem>) {
  const dialogs = mount(PlayerDialogs, { ...(await onPage()), props: { model } })
  await flushPromises()
  return { dialogs, user: userEvent.setup() }
}

const status = (): string[] => screen.queryAllByRole('status').map(({ textContent }) => textContent.trim())

describe('while nothing interrupts', () => {
  it('no dialog is there', async () => {
    await shown(asking(null))
    expect(screen.queryByRole('alertdialog')).toBeNull()
  })
})

describe('a prompt', () => {
  it('interrupts with its number, and what is saved', async () => {
    await shown(asking(PROMPT))
    const dialog = screen.getByRole('alertdialog', { name: '互动确认 2 / 3' })
    expect(dialog.textContent).toContain('确认后从 02:05 继续')
  })

  it('is confirmed by its only button, which wants the focus', async () => {
    const { dialogs, user } = await shown(asking(PROMPT))
    const confirm = screen.getByRole('button', { name: '确认，继续观看' })
    expect(confirm.hasAttribute('autofocus')).toBe(true)
    confirm.focus()
    await user.keyboard('{Enter}')
    expect(dialogs.emitted('confirm')).toEqual([[undefined]])
  })

  it('is confirmed once, and says while it is under way', async () => {
    const { dialogs, user } = await shown(asking(PROMPT, confirming(0)))
    await user.click(screen.getByRole('button', { name: '正在确认…' }))
    expect(dialogs.emitted('confirm')).toBeUndefined()
  })

  it('says that a confirmation without an answer is sent again', async () => {
    await shown(asking(PROMPT, confirming(1)))
    expect(status()).toEqual(['网络不通，正在自动重试；确认不会丢失。'])
  })

  it('cannot be dismissed', async () => {
    await shown(asking(PROMPT))
    const dialog = screen.getByRole<HTMLDialogElement>('alertdialog')
    expect(dialog.dispatchEvent(new Event('cancel', { cancelable: true }))).toBe(false)
    expect(dialog.open).toBe(true)
  })

  it('gives the focus to the content when it ends', async () => {
    const { dialogs } = await shown(asking(PROMPT))
    screen.getByRole('button', { name: '确认，继续观看' }).focus()
    await dialogs.setProps({ model: asking(null) })
    await flushPromises()
    expect(screen.queryByRole('alertdialog')).toBeNull()
    expect(document.activeElement).toBe(screen.getByRole('main'))
  })

  it('is English on an English page', async () => {
    await speak('en')
    await shown(asking(PROMPT))
    expect(screen.getByRole('alertdialog', { name: 'Prompt 2 of 3' })).toBeDefined()
    expect(screen.getByRole('button', { name: 'Confirm and continue' })).toBeDefined()
  })
})

describe('a question', () => {
  it('is a group of choices with its text as name, written in its own language', async () => {
    await speak('en')
    await shown(asking(QUESTION))
    const group = screen.getByRole('group', { name: '每分钟按压多少次？' })
    expect(group.lang).toBe('zh-CN')
    expect(screen.getAllByRole('radio').map((radio) => group.contains(radio))).toEqual([true, true])
    expect(screen.getByRole('button', { name: 'Submit the answer' })).toBeDefined()
  })

  it('wants an answer before it is sent', async () => {
    const { dialogs, user } = await shown(asking(QUESTION))
    await user.click(screen.getByRole('button', { name: '提交答案' }))
    expect(status()).toEqual(['请先选择一个答案。'])
    expect(dialogs.emitted('confirm')).toBeUndefined()
    await dialogs.setProps({ model: asking({ ...QUESTION, nonce: 'n2' }) })
    expect(status()).toEqual([''])
  })

  it('is answered by the keyboard: a choice, then the button', async () => {
    const { dialogs, user } = await shown(asking(QUESTION))
    screen.getByRole('radio', { name: '60 次' }).focus()
    await user.keyboard('{ArrowDown}{Tab}{Enter}')
    expect(dialogs.emitted('confirm')).toEqual([[1]])
  })

  it('is answered by Enter on a choice, and the page stays', async () => {
    const { dialogs, user } = await shown(asking(QUESTION))
    const choice = screen.getByRole<HTMLInputElement>('radio', { name: '100 次' })
    await user.click(choice)
    // What a browser does on Enter, and the user of these tests does not.
    const submit = new Event('submit', { cancelable: true })
    expect(choice.form!.dispatchEvent(submit)).toBe(false)
    expect(dialogs.emitted('confirm')).toEqual([[1]])
  })

  it('says after a wrong answer that it was wrong, and has nothing chosen', async () => {
    const { dialogs, user } = await shown(asking(QUESTION))
    await user.click(screen.getByRole('radio', { name: '60 次' }))
    await dialogs.setProps({ model: asking({ ...QUESTION, nonce: 'n2', wrong_answers: 1 }) })
    expect(status()[0]).toContain('已答错 1 次')
    expect(screen.queryByRole('radio', { checked: true })).toBeNull()
  })

  it('keeps its answer while that is under way', async () => {
    await shown(asking(QUESTION, confirming(0)))
    expect(screen.getAllByRole<HTMLInputElement>('radio').map(({ disabled }) => disabled)).toEqual([true, true])
  })
})

describe('another device', () => {
  it.each([
    ['is asked about before it is stopped', '在此设备继续？', asking(null, { phase: 'takeover' })],
    ['went on, and what was saved here is told', '已在另一处继续学习', asking(null, { phase: 'superseded' })],
  ])('%s', async (_, name, model) => {
    const { dialogs, user } = await shown(model)
    expect(screen.getByRole('alertdialog', { name })).toBeDefined()
    await user.click(screen.getByRole('button', { name: '在此继续' }))
    await user.click(screen.getByRole('button', { name: '返回课程' }))
    expect([dialogs.emitted('takeOver'), dialogs.emitted('leave')]).toEqual([[[]], [[]]])
  })

  it('is told with the point that the refusal says was saved, and its code', async () => {
    const problem = Problem.of(409, { code: 'SESSION_SUPERSEDED', saved: { furthest_ms: 130_000 } })
    await shown(asking(null, { phase: 'superseded', problem }))
    const dialog = screen.getByRole('alertdialog')
    expect(dialog.textContent).toContain('进度已保存至 02:10')
    expect(dialog.textContent).toContain('SESSION_SUPERSEDED')
  })
})
