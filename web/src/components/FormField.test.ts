// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { h } from 'vue'
import { describe, expect, it } from 'vitest'
import FormField from './FormField.vue'
import { onPage } from './mounting'

async function shown(props: { hint?: string; error?: string | false | null } = {}) {
  return mount(FormField, {
    ...(await onPage()),
    props: { label: '邮箱', ...props },
    slots: { default: (field: Record<string, unknown>) => h('input', field) },
  })
}

const input = (): HTMLElement => screen.getByRole('textbox', { name: '邮箱' })
const invalid = (): string | null => input().getAttribute('aria-invalid')

describe('a field', () => {
  it('is named by its label, which also leads to it', async () => {
    await shown()
    await userEvent.setup().click(screen.getByText('邮箱'))
    expect(document.activeElement).toBe(input())
  })

  it('is right, and has nothing to add, without hint and error', async () => {
    await shown({ error: false })
    expect([invalid(), input().getAttribute('aria-describedby')]).toEqual(['false', null])
  })

  it('is read out with its hint', async () => {
    await shown({ hint: '用于登录' })
    expect(screen.getByRole('textbox', { description: '用于登录' })).toBe(input())
    expect(invalid()).toBe('false')
  })

  it('is wrong with what is wrong in place of the hint, until it is mended', async () => {
    const field = await shown({ hint: '用于登录', error: '请填写邮箱' })
    expect(screen.getByRole('textbox', { description: '请填写邮箱' })).toBe(input())
    expect(invalid()).toBe('true')
    expect(screen.queryByText('用于登录')).toBeNull()
    await field.setProps({ error: null })
    expect(screen.getByRole('textbox', { description: '用于登录' })).toBe(input())
    expect(invalid()).toBe('false')
  })

  it('has its label and its note to itself beside another of its kind', async () => {
    const label = (name: string) =>
      h(FormField, { label: name, hint: `${name}的说明` }, { default: (field: object) => h('input', field) })
    mount({ render: () => [label('电话'), label('邮箱')] }, await onPage())
    for (const name of ['电话', '邮箱']) {
      expect(screen.getByRole('textbox', { name, description: `${name}的说明` })).toBeDefined()
    }
  })
})
