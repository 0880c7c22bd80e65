// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { defineComponent, h } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import { onPage, speak } from './mounting'
import PagedList from './PagedList.vue'
import { usePages, type Page } from './usePages'

type Read = (after: string | undefined) => Promise<Page<string, string>>

/** A page with a list of names that are read so. */
async function shown(read: Read) {
  const List = defineComponent(() => {
    const pages = usePages(read)
    void pages.restart()
    const rows = () =>
      h(
        'ul',
        pages.rows.value.map((row) => h('li', { key: row }, row)),
      )
    return () =>
      h(
        PagedList,
        { pages, empty: '还没有订单', emptyNext: '先选一门课程' },
        {
          default: rows,
          empty: () => h('a', { href: '/' }, '去选课'),
        },
      )
  })
  mount(List, await onPage())
  await flushPromises()
}

const rows = (): string[] => screen.queryAllByRole('listitem').map((row) => row.textContent)
const isBusy = (): boolean => document.querySelector('[aria-busy="true"]') !== null
const more = (): HTMLElement | null => screen.queryByRole('button', { name: '加载更多' })
const offline = (): Promise<never> => Promise.reject(new TypeError('offline'))
const never: Read = () => new Promise(() => undefined)
/** Two pages: one row, and another. */
const two: Read = (after) => Promise.resolve(after ? { rows: ['b'], after: null } : { rows: ['a'], after: 'a' })

describe('a list that is read page by page', () => {
  it('is busy, and not called empty, before anything has come', async () => {
    await shown(never)
    expect(isBusy()).toBe(true)
    expect(screen.queryByText('还没有订单')).toBeNull()
    expect([...screen.queryAllByRole('button'), ...screen.queryAllByRole('alert')]).toEqual([])
  })

  it('says that it is empty, and what to do then', async () => {
    await shown(() => Promise.resolve({ rows: [], after: null }))
    expect(screen.getByText('还没有订单')).toBeDefined()
    expect(screen.getByText('先选一门课程')).toBeDefined()
    expect(screen.getByRole('link', { name: '去选课' })).toBeDefined()
    expect([isBusy(), more()]).toEqual([false, null])
  })

  it('adds the next page to what is there, by the keyboard, until there is no more', async () => {
    const user = userEvent.setup()
    await shown(two)
    expect([rows(), isBusy()]).toEqual([['a'], false])
    expect(screen.queryByText('还没有订单')).toBeNull()
    await user.tab()
    expect(document.activeElement).toBe(more())
    await user.keyboard('{Enter}')
    await flushPromises()
    expect([rows(), more()]).toEqual([['a', 'b'], null])
  })

  it('keeps what is there while more is read, says so, and asks once', async () => {
    const user = userEvent.setup()
    const read = vi.fn<Read>((after) => (after ? never(after) : two(after)))
    await shown(read)
    await user.click(more()!)
    await user.click(screen.getByRole('button', { name: '正在加载…' }))
    expect([rows(), isBusy()]).toEqual([['a'], true])
    expect(read.mock.calls).toEqual([[undefined], ['a']])
  })

  it('says why nothing came, and reads it again', async () => {
    const user = userEvent.setup()
    const read = vi.fn<Read>(two)
    read.mockImplementationOnce(offline)
    await shown(read)
    expect(screen.getByRole('alert').textContent).toContain('连接不上服务器。')
    expect(screen.queryByText('还没有订单')).toBeNull()
    await user.click(screen.getByRole('button', { name: '重试' }))
    await flushPromises()
    expect(screen.queryByRole('alert')).toBeNull()
    expect(rows()).toEqual(['a'])
  })

  it('keeps what is there when more does not come, and goes on from there', async () => {
    const user = userEvent.setup()
    const read = vi.fn<Read>(two)
    read.mockImplementationOnce(two).mockImplementationOnce(offline)
    await shown(read)
    await user.click(more()!)
    await flushPromises()
    expect([rows(), more(), screen.getByRole('alert').textContent.includes('NETWORK')]).toEqual([['a'], null, true])
    await user.click(screen.getByRole('button', { name: '重试' }))
    await flushPromises()
    expect([rows(), screen.queryByRole('alert')]).toEqual([['a', 'b'], null])
  })

  it('has its own words in English on an English page', async () => {
    await speak('en')
    const user = userEvent.setup()
    await shown((after) => (after ? never(after) : two(after)))
    await user.click(screen.getByRole('button', { name: 'Show more' }))
    expect(screen.getByRole('button', { name: 'Loading…' })).toBeDefined()
  })
})
