// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { onPage } from './mounting'
import ShortId from './ShortId.vue'

const ID = '7f3c2a10-9b4e-4d3a-8c55-0e6f1a2b3c4d'

async function shown(id: string): Promise<HTMLElement> {
  mount(ShortId, { ...(await onPage()), props: { id } })
  return screen.getByRole('code')
}

/** What eyes see of it: not what is kept for screen readers and copies. */
function seen(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement
  copy.querySelectorAll('.visually-hidden').forEach((hidden) => hidden.remove())
  return copy.textContent
}

describe('an id', () => {
  it('shows its beginning', async () => {
    expect(seen(await shown(ID))).toBe('7f3c2a10')
  })

  it('is there as a whole to be read out, copied and pointed at', async () => {
    const code = await shown(ID)
    expect([code.textContent, code.title]).toEqual([ID, ID])
  })

  it('is all there is to see where it is short', async () => {
    expect(seen(await shown('o1'))).toBe('o1')
  })
})
