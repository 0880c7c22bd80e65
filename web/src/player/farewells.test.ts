// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { onFarewell } from './farewells'

const said: boolean[] = []
const end = onFarewell((leaving) => said.push(leaving))

afterEach(() => {
  said.length = 0
  vi.restoreAllMocks()
})

function turned(hidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden)
  document.dispatchEvent(new Event('visibilitychange'))
}

it('saves when the page goes out of sight, and says nothing when it comes back', () => {
  turned(true)
  turned(false)
  expect(said).toEqual([false])
})

it('gives the session back when the page goes or is frozen', () => {
  window.dispatchEvent(new Event('pagehide'))
  document.dispatchEvent(new Event('freeze'))
  expect(said).toEqual([true, true])
})

it('ends with the player', () => {
  end()
  turned(true)
  window.dispatchEvent(new Event('pagehide'))
  document.dispatchEvent(new Event('freeze'))
  expect(said).toEqual([])
})
