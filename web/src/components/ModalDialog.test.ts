// @vitest-environment happy-dom
// What the browser itself does with a modal dialog (hold the focus, give it back) is tested in a browser: tests/e2e.
import { screen } from '@testing-library/dom'
import { flushPromises, mount } from '@vue/test-utils'
import { defineComponent } from 'vue'
import { describe, expect, it } from 'vitest'
import ModalDialog from './ModalDialog.vue'
import { onPage } from './mounting'

async function opened({ alert = false } = {}) {
  const dialog = mount(ModalDialog, {
    ...(await onPage()),
    props: { open: true, title: '退出登录', alert },
    slots: { default: '<p>未保存的内容会丢失。</p>', actions: '<button type="button">退出</button>' },
  })
  await flushPromises()
  return dialog
}

/** What a browser does on Escape. */
function escape(element: HTMLElement): void {
  const goesOn = element.dispatchEvent(new Event('cancel', { cancelable: true }))
  if (goesOn) (element as HTMLDialogElement).close()
}

describe('a dialog', () => {
  it('is read out with its title and its text, and holds what can be done', async () => {
    await opened()
    const dialog = screen.getByRole<HTMLDialogElement>('dialog', {
      name: '退出登录',
      description: '未保存的内容会丢失。',
    })
    expect(dialog.open).toBe(true)
    expect(dialog.contains(screen.getByRole('button', { name: '退出' }))).toBe(true)
  })

  it('opens when it is told to, and closes', async () => {
    const dialog = await opened()
    await dialog.setProps({ open: false })
    await flushPromises()
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(screen.queryByText('退出')).toBeNull()
    await dialog.setProps({ open: true })
    await flushPromises()
    expect(screen.getByRole<HTMLDialogElement>('dialog').open).toBe(true)
  })

  it('asks to be dismissed on Escape, and stays until that is granted', async () => {
    const dialog = await opened()
    const element = screen.getByRole<HTMLDialogElement>('dialog')
    escape(element)
    expect(dialog.emitted('dismiss')).toHaveLength(1)
    expect(element.open).toBe(true)
  })

  it('is dismissed where the browser closed it without asking', async () => {
    const dialog = await opened()
    screen.getByRole<HTMLDialogElement>('dialog').close()
    expect(dialog.emitted('dismiss')).toHaveLength(1)
  })

  it('does not call it a dismissal when it was closed by its page', async () => {
    const dialog = await opened()
    await dialog.setProps({ open: false })
    await flushPromises()
    expect(dialog.emitted('dismiss')).toBeUndefined()
  })
})

describe('a dialog that interrupts', () => {
  it('is read out at once', async () => {
    await opened({ alert: true })
    expect(screen.getByRole('alertdialog', { name: '退出登录' })).toBeDefined()
  })

  it('cannot be dismissed, whatever the browser does on Escape', async () => {
    const dialog = await opened({ alert: true })
    const element = screen.getByRole<HTMLDialogElement>('alertdialog')
    escape(element)
    expect(element.open).toBe(true)
    element.close()
    expect(element.open).toBe(true)
    expect(dialog.emitted('dismiss')).toBeUndefined()
  })
})

describe('the focus after a dialog', () => {
  it("goes to the page's content where what had it is gone", async () => {
    const dialog = await opened()
    screen.getByRole('button', { name: '退出' }).focus()
    await dialog.setProps({ open: false })
    await flushPromises()
    expect(document.activeElement).toBe(screen.getByRole('main'))
  })

  it('stays where the browser gave it back to', async () => {
    const dialog = await opened()
    const opener = document.createElement('button')
    document.body.append(opener)
    opener.focus()
    await dialog.setProps({ open: false })
    await flushPromises()
    expect(document.activeElement).toBe(opener)
  })
})

/** A list whose row loses the button that opened the dialog. */
const List = defineComponent({
  components: { ModalDialog },
  props: { open: Boolean, done: Boolean },
  template: `
    <main id="content">
      <ul><li><button v-if="!done">红冲</button><button>改正</button></li><li><button>驳回</button></li></ul>
      <ModalDialog :open="open" title="红冲"><button>确认</button></ModalDialog>
    </main>`,
})

it('gives the focus to what is left of the row whose button opened it and is gone', async () => {
  const list = mount(List, await onPage())
  screen.getByRole('button', { name: '红冲' }).focus()
  await list.setProps({ open: true })
  await flushPromises()
  screen.getByRole('button', { name: '确认' }).focus()
  await list.setProps({ done: true })
  await list.setProps({ open: false })
  await flushPromises()
  expect(document.activeElement).toBe(screen.getByRole('button', { name: '改正' }))
})
