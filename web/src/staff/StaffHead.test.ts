// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import { mount } from '@vue/test-utils'
import { nextTick } from 'vue'
import { describe, expect, it } from 'vitest'
import { onPage, speak } from '../components/mounting'
import StaffHead from './StaffHead.vue'

type Props = InstanceType<typeof StaffHead>['$props']

async function shown(props: Props, slot = '') {
  return mount(StaffHead, { ...(await onPage('orders')), props, slots: { default: slot } })
}

describe("the head of a staff's page", () => {
  it("is the page's heading, and names the browser's tab", async () => {
    const head = await shown({ title: '退款', lead: '等待处理的退款' })
    expect(screen.getByRole('heading', { level: 1, name: '退款' })).toBeDefined()
    expect(screen.getByText('等待处理的退款')).toBeDefined()
    expect(document.title).toBe('退款 · 学时')
    await head.setProps({ title: '发票' })
    expect(document.title).toBe('发票 · 学时')
  })

  it('says where the page belongs', async () => {
    await shown({ title: '退款', back: { to: { name: 'orders' }, label: '订单' } })
    expect(screen.getByRole('link', { name: '订单' }).getAttribute('href')).toBe('/orders')
  })

  it('leads nowhere where nothing was said', async () => {
    await shown({ title: '退款' })
    expect(screen.queryByRole('link')).toBeNull()
  })

  it('holds what can be done on the page', async () => {
    await shown({ title: '退款' }, '<button type="button">导出</button>')
    expect(screen.getByRole('banner').contains(screen.getByRole('button', { name: '导出' }))).toBe(true)
  })

  it('is in the language of the page, but for what people wrote', async () => {
    const head = await shown({ title: '护理学基础' })
    await speak('en')
    await nextTick()
    expect(document.title).toBe('护理学基础 · Xueshi')
    expect(screen.getByRole('heading').lang).toBe('zh-CN')
    await head.setProps({ title: 'Nursing' })
    expect(screen.getByRole('heading').lang).toBe('')
  })
})
