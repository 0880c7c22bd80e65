// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import AppIcon from './AppIcon.vue'
import { icons, type IconName } from './icons'
import { onPage } from './mounting'

const Labelled = { components: { AppIcon }, template: '<button type="button"><AppIcon name="cart" />购物车</button>' }

const drawn = (): SVGPathElement => document.querySelector('svg path')!

describe('an icon', () => {
  it('adds nothing to what is read out', async () => {
    mount(Labelled, await onPage())
    expect(screen.getByRole('button', { name: '购物车' })).toBeDefined()
    expect([...screen.queryAllByRole('img'), ...screen.queryAllByRole('graphics-symbol')]).toEqual([])
  })

  it('never takes the focus from what it stands in', async () => {
    const user = userEvent.setup()
    mount(Labelled, await onPage())
    await user.tab()
    expect(document.activeElement).toBe(screen.getByRole('button'))
    await user.tab()
    expect(document.activeElement).toBe(document.body)
  })

  it('is drawn, each in its own way', async () => {
    const names = Object.keys(icons) as IconName[]
    const icon = mount(AppIcon, { ...(await onPage()), props: { name: names[0]! } })
    const outlines: (string | null)[] = []
    for (const name of names) {
      await icon.setProps({ name })
      outlines.push(drawn().getAttribute('d'))
    }
    expect(outlines).toEqual(Object.values(icons))
  })

  it('is an outline, or filled', async () => {
    const icon = mount(AppIcon, { ...(await onPage()), props: { name: 'play' as const } })
    expect(drawn().getAttribute('fill')).toBe('none')
    await icon.setProps({ filled: true })
    expect(drawn().getAttribute('fill')).toBe('currentColor')
  })
})
