// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import { mount } from '@vue/test-utils'
import { defineComponent, nextTick, onBeforeUnmount, onMounted, useTemplateRef } from 'vue'
import { describe, expect, it } from 'vitest'
import { keepFocus } from './keepFocus'
import { onPage } from './mounting'

/** A region whose parts come and go with `step`. */
const Region = defineComponent({
  props: { step: { type: Number, default: 0 } },
  setup() {
    const region = useTemplateRef<HTMLElement>('region')
    let end = () => {}
    onMounted(() => (end = keepFocus(region.value!)))
    onBeforeUnmount(() => end())
  },
  template: `
    <main ref="region" tabindex="-1">
      <section v-if="step < 9" aria-label="bar">
        <a href="#help">help</a>
        <button v-if="step === 0">claim</button>
        <button v-else-if="step === 1">watch</button>
        <p v-else>nothing to do</p>
        <button v-if="step < 3">share</button>
      </section>
      <ul v-if="step < 9">
        <li v-for="row in 3 - Math.min(step, 3)" :key="row"><button>row {{ row }}</button></li>
      </ul>
      <ul><li v-for="row in [1, 2]" :key="row"><button v-if="step === 0">report {{ row }}</button><p v-else>reported</p></li></ul>
    </main>`,
})

async function shown() {
  const page = mount(Region, await onPage())
  const go = async (step: number): Promise<void> => {
    await page.setProps({ step })
    await nextTick()
  }
  return { go }
}

const button = (name: string): HTMLElement => screen.getByRole('button', { name })

describe('the focus, when what had it is taken away,', () => {
  it('goes to what stands in its place', async () => {
    const { go } = await shown()
    button('claim').focus()
    await go(1)
    expect(document.activeElement).toBe(button('watch'))
  })

  it('goes on to the next control where none does', async () => {
    const { go } = await shown()
    button('claim').focus()
    await go(2)
    expect(document.activeElement).toBe(button('share'))
  })

  it('goes back to the one before where there is no next', async () => {
    const { go } = await shown()
    button('row 3').focus()
    await go(1)
    expect(document.activeElement).toBe(button('row 2'))
  })

  it('stays with what it was in where that has no other control', async () => {
    const { go } = await shown()
    button('report 2').focus()
    await go(1)
    expect(document.activeElement).toBe(screen.getAllByText('reported')[1]?.parentElement)
  })

  it('goes to the page where everything was taken away', async () => {
    const { go } = await shown()
    button('claim').focus()
    await go(9)
    expect(document.activeElement).toBe(screen.getAllByRole('main').at(-1))
  })
})

describe('the focus stays where it is', () => {
  it('when something else is taken away', async () => {
    const { go } = await shown()
    button('share').focus()
    await go(1)
    expect(document.activeElement).toBe(button('share'))
  })

  it('when it was let go of before', async () => {
    const { go } = await shown()
    button('claim').focus()
    button('claim').blur()
    await nextTick()
    await go(1)
    expect(document.activeElement).toBe(document.body)
  })

  it('when it was given elsewhere at the same time', async () => {
    const { go } = await shown()
    button('claim').focus()
    const gone = go(1)
    button('share').focus()
    await gone
    expect(document.activeElement).toBe(button('share'))
  })
})
