// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { t } from '../i18n'
import BusyButton from './BusyButton.vue'
import { onPage, speak } from './mounting'

async function shown(loading: boolean) {
  const pressed = vi.fn()
  const slots = { default: () => t('common.retry') }
  const button = mount(BusyButton, { ...(await onPage()), props: { loading }, attrs: { onClick: pressed }, slots })
  return { button, pressed }
}

describe('a button whose action takes time', () => {
  it('keeps its name, in both languages, while it is under way', async () => {
    const { button } = await shown(false)
    expect(screen.getByRole('button', { name: '重试' })).toBeDefined()
    await button.setProps({ loading: true })
    expect(screen.getByRole('button', { name: '重试' })).toBeDefined()
    await speak('en')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeDefined()
  })

  it('is pressed when nothing is under way, and not again until that is done', async () => {
    const { button, pressed } = await shown(true)
    await userEvent.click(screen.getByRole('button'))
    expect(pressed).not.toHaveBeenCalled()
    await button.setProps({ loading: false })
    await userEvent.click(screen.getByRole('button'))
    expect(pressed).toHaveBeenCalledTimes(1)
  })
})
