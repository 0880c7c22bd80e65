// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { nextTick } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import { Problem } from '../api/problem'
import { onPage, speak } from './mounting'
import ReasonDialog from './ReasonDialog.vue'

async function opened(send = vi.fn((_reason: string) => Promise.resolve()), slots: Record<string, string> = {}) {
  const props = { open: true, title: '停用课程', action: '停用', hint: '学员会看到', send }
  const dialog = mount(ReasonDialog, { ...(await onPage()), props, slots })
  await nextTick()
  return { dialog, send, user: userEvent.setup() }
}

const reason = (): HTMLTextAreaElement => screen.getByRole('textbox', { name: '理由' })
const act = (): HTMLElement => screen.getByRole('button', { name: '停用' })

describe('the reason for what staff do', () => {
  it('is asked for, with who will read it', async () => {
    await opened()
    expect(screen.getByRole('dialog', { name: '停用课程' }).contains(reason())).toBe(true)
    expect(screen.getByRole('textbox', { description: '学员会看到' })).toBe(reason())
  })

  it('is left by a button of another name where its own would be taken for what is done', async () => {
    const { dialog } = await opened()
    await dialog.setProps({ keep: '不停用' })
    expect(screen.getByRole('button', { name: '不停用' })).toBeDefined()
    expect(screen.queryByRole('button', { name: '取消' })).toBeNull()
  })

  it('is asked for in English on an English page', async () => {
    await speak('en')
    const { user } = await opened()
    await user.click(act())
    expect(screen.getByRole('textbox', { name: 'Reason', description: 'Please give a reason' })).toBeDefined()
    expect(screen.getByRole('button', { name: 'Cancel' })).toBeDefined()
  })

  it.each(['', '   '])('has to be given: %j sends nothing, and the focus is where to give it', async (typed) => {
    const { dialog, send, user } = await opened()
    if (typed) await user.type(reason(), typed)
    expect(reason().getAttribute('aria-invalid')).toBe('false')
    await user.click(act())
    expect(send).not.toHaveBeenCalled()
    expect(document.activeElement).toBe(reason())
    expect(screen.getByRole('textbox', { description: '请填写理由' })).toBe(reason())
    await user.keyboard('内容过时')
    expect(reason().getAttribute('aria-invalid')).toBe('false')
    expect(dialog.emitted()).not.toHaveProperty('done')
  })

  it('goes with what is done, by the keyboard alone', async () => {
    const { dialog, send, user } = await opened()
    reason().focus()
    await user.keyboard(' 内容过时 ')
    await user.tab()
    expect(document.activeElement).toBe(act())
    await user.keyboard('{Enter}')
    await flushPromises()
    expect(send.mock.calls).toEqual([['内容过时']])
    expect(dialog.emitted('done')).toHaveLength(1)
  })
})

describe('what is done with a reason', () => {
  it.each(['by its button', 'by Enter'])(
    'is done once while it is under way, its button keeping its name: %s',
    async (how) => {
      let finish = (): void => undefined
      const sending = vi.fn((_reason: string) => new Promise<void>((resolve) => (finish = resolve)))
      const { dialog, user } = await opened(sending, { fields: '<input aria-label="金额" />' })
      await user.type(reason(), '重复付款')
      const press = () => (how === 'by Enter' ? user.type(screen.getByLabelText('金额'), '{Enter}') : user.click(act()))
      await press()
      await press()
      expect(sending).toHaveBeenCalledTimes(1)
      expect(act().textContent).toBe('停用')
      expect(dialog.emitted('done')).toBeUndefined()
      finish()
      await flushPromises()
      expect(dialog.emitted('done')).toHaveLength(1)
    },
  )

  it('says why it was refused, keeps the reason, and can be tried again', async () => {
    const send = vi.fn((_reason: string) => Promise.resolve())
    send.mockRejectedValueOnce(Problem.network())
    const { dialog, user } = await opened(send)
    await user.type(reason(), '内容过时')
    await user.click(act())
    await flushPromises()
    expect(screen.getByRole('alert').textContent).toContain('连接不上服务器。')
    expect(dialog.emitted('done')).toBeUndefined()
    await user.click(act())
    await flushPromises()
    expect(screen.queryByRole('alert')).toBeNull()
    expect(send.mock.calls).toEqual([['内容过时'], ['内容过时']])
    expect(dialog.emitted('done')).toHaveLength(1)
  })

  it('can be left, by button and by Escape', async () => {
    const { dialog, send, user } = await opened()
    await user.click(screen.getByRole('button', { name: '取消' }))
    screen.getByRole('dialog').dispatchEvent(new Event('cancel', { cancelable: true }))
    expect(dialog.emitted('dismiss')).toHaveLength(2)
    expect(send).not.toHaveBeenCalled()
  })

  it('begins anew when it is opened again', async () => {
    const { dialog, user } = await opened(vi.fn(() => Promise.reject(Problem.network())))
    await user.type(reason(), '内容过时')
    await user.click(act())
    await flushPromises()
    await dialog.setProps({ open: false })
    await dialog.setProps({ open: true })
    await flushPromises()
    expect(reason().value).toBe('')
    expect(reason().getAttribute('aria-invalid')).toBe('false')
    expect(screen.queryByRole('alert')).toBeNull()
  })
})
