import { describe, expect, it, vi } from 'vitest'
import { usePages, type Page } from './usePages'

// The messages need a browser.
vi.mock('../i18n', () => ({}))

const pages: Record<string, Page<number, string>> = {
  first: { rows: [1, 2], after: 'second' },
  second: { rows: [3], after: null },
}

describe('a list that is read page by page', () => {
  it('adds pages until there is no more', async () => {
    const list = usePages<number, string>((after) => Promise.resolve(pages[after ?? 'first']!))
    expect(list.loaded.value).toBe(false)
    await list.restart()
    expect([list.rows.value, list.more.value]).toEqual([[1, 2], true])
    await list.next()
    expect([list.rows.value, list.more.value]).toEqual([[1, 2, 3], false])
    await list.next()
    expect(list.rows.value).toEqual([1, 2, 3])
  })

  it('keeps what is there until it is read again after a change', async () => {
    const answers: ((page: Page<number, string>) => void)[] = []
    const list = usePages<number, string>(() => new Promise((answer) => answers.push(answer)))
    const first = list.restart()
    answers[0]!({ rows: [1, 2], after: null })
    await first
    const again = list.refresh()
    expect([list.rows.value, list.loaded.value]).toEqual([[1, 2], true])
    answers[1]!({ rows: [2], after: null })
    await again
    expect(list.rows.value).toEqual([2])
  })

  it('keeps what has come when the next page fails, and can ask for it again', async () => {
    let broken = true
    const list = usePages<number, string>((after) =>
      after && broken ? Promise.reject(new TypeError('offline')) : Promise.resolve(pages[after ?? 'first']!),
    )
    await list.restart()
    await list.next()
    expect([list.rows.value, list.problem.value?.code, list.more.value]).toEqual([[1, 2], 'NETWORK', true])
    broken = false
    await list.next()
    expect([list.rows.value, list.problem.value]).toEqual([[1, 2, 3], null])
  })

  it('does not mix what was asked before a restart with what is asked now', async () => {
    const answers: ((page: Page<number, string>) => void)[] = []
    const list = usePages<number, string>(() => new Promise((answer) => answers.push(answer)))
    const before = list.restart()
    const now = list.restart()
    answers[1]!({ rows: [9], after: null })
    answers[0]!({ rows: [1], after: 'second' })
    await Promise.all([before, now])
    expect([list.rows.value, list.more.value, list.loading.value]).toEqual([[9], false, false])
  })
})
