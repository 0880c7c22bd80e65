import { describe, expect, it, vi } from 'vitest'
import { savingsOf, type Quote } from './useCheckout'

// The client and the messages need a browser.
vi.mock('../api/client', () => ({}))
vi.mock('../i18n', () => ({}))

const line = (list: number, price: number, discount: number): Quote['lines'][number] => ({
  number: 1,
  goods: 'course',
  item_id: 'course',
  title: '一门课',
  title_en: 'A course',
  list_fen: list,
  price_fen: price,
  price_reason: price < list ? 'member' : 'list',
  discount_fen: discount,
  due_fen: price - discount,
})

describe('what an order costs less than the list', () => {
  it('is told apart by its reason, and adds up to what is to be paid', () => {
    const quote: Quote = {
      lines: [line(9900, 7900, 500), line(1, 1, 0)],
      coupon_code: 'A',
      discount_fen: 500,
      amount_fen: 7401,
    }
    const savings = savingsOf(quote)
    expect(savings).toEqual({ list: 9901, member: 2000, coupon: 500 })
    expect(savings.list - savings.member - savings.coupon).toBe(quote.amount_fen)
  })
})
