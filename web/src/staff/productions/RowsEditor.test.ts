// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, h, nextTick, ref, type Component } from 'vue'
import { onPage, speak } from '../../components/mounting'
import ChaptersEditor from './ChaptersEditor.vue'
import KeyPointsEditor from './KeyPointsEditor.vue'
import QuestionsEditor from './QuestionsEditor.vue'

/** An editor in a form, as a block's card has it. */
async function shown<Row>(editor: Component, begin: Row[]) {
  const rows = ref(begin) as { value: Row[] }
  const form = defineComponent(() => () => {
    const update = (to: Row[]): void => void (rows.value = to)
    return h('form', [h(editor, { modelValue: rows.value, 'onUpdate:modelValue': update }), h('button', '保存')])
  })
  mount(form, await onPage())
  return { rows, user: userEvent.setup() }
}

const points = (...questions: string[]) => questions.map((question) => ({ at: '', question, answer: '答' }))
const chapters = (...ats: string[]) => ats.map((at, index) => ({ at, title: `第${index}讲`, summary: '' }))
const asked = (rows: { value: { question: string }[] }): string[] => rows.value.map(({ question }) => question)
const button = (name: string): HTMLElement => screen.getByRole('button', { name })
const group = (name: string): HTMLElement => screen.getByRole('group', { name })

describe('a list whose rows are typed', () => {
  it('has its rows moved, and the button that moved one keeps the focus', async () => {
    const { rows, user } = await shown(KeyPointsEditor, points('甲', '乙', '丙'))
    expect(button('上移要点 1').hasAttribute('disabled')).toBe(true)
    expect(button('下移要点 3').hasAttribute('disabled')).toBe(true)
    await user.click(button('上移要点 3'))
    expect(asked(rows)).toEqual(['甲', '丙', '乙'])
    expect(document.activeElement).toBe(button('上移要点 2'))
    expect(screen.getByText('要点 3 已移到第 2 项')).toBeTruthy()
    // Enter on the button that has the focus: at the top there is only the way down.
    await user.keyboard('{Enter}')
    expect(asked(rows)).toEqual(['丙', '甲', '乙'])
    expect(document.activeElement).toBe(button('下移要点 1'))
  })

  it('takes another row anywhere, which has the focus', async () => {
    const { rows, user } = await shown(KeyPointsEditor, points('甲', '乙'))
    await user.click(button('在要点 1 之后插入'))
    await user.keyboard('中')
    expect(asked(rows)).toEqual(['甲', '中', '乙'])
    expect(group('要点 2').contains(document.activeElement)).toBe(true)
  })

  it('gives the focus to what stands in the place of a row that was deleted', async () => {
    const { rows, user } = await shown(KeyPointsEditor, points('甲', '乙'))
    await user.click(button('删除要点 1'))
    expect(asked(rows)).toEqual(['乙'])
    expect(document.activeElement).toBe(group('要点 1'))
    await user.click(button('删除要点 1'))
    expect(document.activeElement).toBe(button('添加要点'))
    expect(screen.getByText('要点 1 已删除')).toBeTruthy()
  })

  it('shows of a long list what each row is, and opens it to be typed', async () => {
    const { user } = await shown(KeyPointsEditor, points('甲', '乙', '丙', '丁', '戊', '己'))
    const heads = screen.getAllByRole('button', { expanded: false })
    expect(heads.map((head) => head.textContent.trim())).toContain('要点 2 乙')
    const field = within(group('要点 2')).getByLabelText<HTMLInputElement>('问题')
    expect(field.closest<HTMLElement>('.fields')?.style.display).toBe('none')
    await user.click(button('要点 2 乙'))
    expect(field.closest<HTMLElement>('.fields')?.style.display).toBe('')
    await user.type(field, '二')
    expect(button('要点 2 乙二').getAttribute('aria-expanded')).toBe('true')
    await user.click(button('全部展开'))
    expect(screen.queryByRole('button', { expanded: false })).toBeNull()
    await user.click(button('全部收起'))
    expect(screen.queryByRole('button', { expanded: true })).toBeNull()
  })

  it('never folds away what is wrong', async () => {
    await shown(KeyPointsEditor, [
      ...points('甲', '乙', '丙', '丁', '戊'),
      { at: '', question: '长'.repeat(301), answer: '' },
    ])
    await nextTick()
    expect(screen.getAllByRole('button', { expanded: true })).toHaveLength(1)
    expect(within(group('要点 6')).getByText(/最多 300 个/)).toBeTruthy()
  })

  it('keeps chapters in the order of their times, once the list is left', async () => {
    const { rows, user } = await shown(ChaptersEditor, chapters('00:00', '05:00', '10:00'))
    expect(screen.queryByRole('button', { name: /移章节/ })).toBeNull()
    const time = within(group('章节 1')).getByLabelText('开始时间')
    await user.clear(time)
    await user.type(time, '07:00')
    await user.tab()
    expect(rows.value.map(({ at }) => at)).toEqual(['07:00', '05:00', '10:00'])
    expect(screen.getByText(/有的时间不在先后顺序中/)).toBeTruthy()
    await user.click(button('保存'))
    expect(rows.value.map(({ title }) => title)).toEqual(['第1讲', '第0讲', '第2讲'])
    expect(screen.queryByText(/有的时间不在先后顺序中/)).toBeNull()
  })

  it('is in order before Enter sends it', async () => {
    const { rows, user } = await shown(ChaptersEditor, chapters('05:00', '00:00'))
    await user.click(within(group('章节 1')).getByLabelText('标题'))
    await user.keyboard('{Enter}')
    expect(rows.value.map(({ at }) => at)).toEqual(['00:00', '05:00'])
  })

  it('keeps with each question which of its choices is right, wherever it is moved', async () => {
    const question = (text: string, right: number) => ({ text, choices: ['甲', '乙', '丙', '丁'], right })
    const { user } = await shown(QuestionsEditor, [question('一', 1), question('二', 2)])
    await user.click(button('上移题目 2'))
    const right = (name: string): number =>
      within(group(name))
        .getAllByRole<HTMLInputElement>('radio')
        .findIndex(({ checked }) => checked)
    expect([right('题目 1'), right('题目 2')]).toEqual([2, 1])
    await user.click(within(group('题目 1')).getAllByRole('radio')[0]!)
    expect([right('题目 1'), right('题目 2')]).toEqual([0, 1])
  })

  it('speaks English', async () => {
    await shown(KeyPointsEditor, points('甲', '乙'))
    await speak('en')
    expect(button('Move down: Key point 1')).toBeTruthy()
    expect(button('Insert after Key point 2')).toBeTruthy()
  })
})
