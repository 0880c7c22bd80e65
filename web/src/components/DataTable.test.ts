// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import { mount } from '@vue/test-utils'
import { h } from 'vue'
import { describe, expect, it } from 'vitest'
import DataTable from './DataTable.vue'
import { onPage } from './mounting'

interface Order {
  id: string
  price: string
}

const FIRST: Order = { id: 'o1', price: '10.00' }
const SECOND: Order = { id: 'o2', price: '25.00' }

async function shown(rows: Order[]) {
  return mount(DataTable<Order, 'id' | 'price'>, {
    ...(await onPage()),
    props: {
      caption: '订单',
      columns: [
        { name: 'id', label: '编号' },
        { name: 'price', label: '金额', end: true },
      ],
      rows,
      rowKey: (row: Order) => row.id,
    },
    slots: {
      id: ({ row }: { row: Order }) => h('button', { type: 'button' }, `打开 ${row.id}`),
      price: ({ row }: { row: Order }) => row.price,
    },
  })
}

const rowsOf = (table: HTMLElement): string[][] =>
  within(table)
    .getAllByRole('row')
    .slice(1)
    .map((row) =>
      within(row)
        .getAllByRole('cell')
        .map((cell) => cell.textContent),
    )

describe('a table', () => {
  it('is read out with its caption, its columns, and its rows in their order', async () => {
    await shown([FIRST, SECOND])
    const table = screen.getByRole('table', { name: '订单' })
    expect(
      within(table)
        .getAllByRole('columnheader')
        .map((head) => head.textContent.trim()),
    ).toEqual(['编号', '金额'])
    expect(rowsOf(table)).toEqual([
      ['打开 o1', '10.00'],
      ['打开 o2', '25.00'],
    ])
  })

  it('names the column beside each value, for cards on a phone', async () => {
    await shown([FIRST])
    expect(screen.getAllByRole('cell').map((cell) => cell.dataset.label)).toEqual(['编号', '金额'])
  })

  it('is a table without rows where there are none', async () => {
    await shown([])
    expect(screen.getAllByRole('columnheader')).toHaveLength(2)
    expect(rowsOf(screen.getByRole('table'))).toEqual([])
  })

  it('shows what has changed, and leaves the focus in the row where it was', async () => {
    const table = await shown([FIRST, SECOND])
    screen.getByRole('button', { name: '打开 o2' }).focus()
    await table.setProps({ rows: [{ ...SECOND, price: '20.00' }] })
    expect(rowsOf(screen.getByRole('table'))).toEqual([['打开 o2', '20.00']])
    expect(document.activeElement).toBe(screen.getByRole('button', { name: '打开 o2' }))
  })
})
