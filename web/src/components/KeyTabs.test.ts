// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { Tab } from 'vant'
import { defineComponent, h, ref } from 'vue'
import { beforeEach, describe, expect, it } from 'vitest'
import KeyTabs from './KeyTabs.vue'
import { onPage } from './mounting'

const chosen = ref('')

const Records = defineComponent(
  () => () =>
    h(
      KeyTabs,
      { label: '记录', modelValue: chosen.value, 'onUpdate:modelValue': (name: string) => (chosen.value = name) },
      () => ['学时', '证书', '申报'].map((title) => h(Tab, { name: title, title }, () => `${title}的内容`)),
    ),
)

const tab = (name: string): HTMLElement => screen.getByRole('tab', { name })
const selected = (): string[] => screen.getAllByRole('tab', { selected: true }).map(({ textContent }) => textContent)

describe('tabs', () => {
  beforeEach(async () => {
    chosen.value = '学时'
    mount(Records, await onPage())
    await flushPromises()
  })

  it('are read out as a group with a name, one of them selected', () => {
    expect(screen.getByRole('group', { name: '记录' }).contains(screen.getByRole('tablist'))).toBe(true)
    expect(screen.getAllByRole('tab').map(({ textContent }) => textContent)).toEqual(['学时', '证书', '申报'])
    expect(selected()).toEqual(['学时'])
    expect(screen.getByRole('tabpanel', { name: '学时' }).textContent).toBe('学时的内容')
  })

  it('are one stop for Tab', async () => {
    const user = userEvent.setup()
    await user.tab()
    expect(document.activeElement).toBe(tab('学时'))
    await user.tab()
    expect(screen.getAllByRole('tab')).not.toContain(document.activeElement)
  })

  it.each([
    ['{ArrowRight}', '学时', '证书'],
    ['{ArrowRight}', '申报', '学时'],
    ['{ArrowLeft}', '证书', '学时'],
    ['{ArrowLeft}', '学时', '申报'],
    ['{Home}', '申报', '学时'],
    ['{End}', '学时', '申报'],
  ])('move with %s from %s to %s, the focus with them', async (key, from, to) => {
    const user = userEvent.setup()
    await user.click(tab(from))
    tab(from).focus()
    await user.keyboard(key)
    await flushPromises()
    expect([chosen.value, selected()]).toEqual([to, [to]])
    expect(document.activeElement).toBe(tab(to))
    expect(screen.getByRole('tabpanel', { name: to }).textContent).toBe(`${to}的内容`)
  })

  it('leave other keys alone', async () => {
    const user = userEvent.setup()
    tab('学时').focus()
    await user.keyboard('{ArrowDown}x')
    expect([chosen.value, document.activeElement]).toEqual(['学时', tab('学时')])
  })

  it('follow what the page chooses', async () => {
    chosen.value = '申报'
    await flushPromises()
    expect(selected()).toEqual(['申报'])
  })
})
