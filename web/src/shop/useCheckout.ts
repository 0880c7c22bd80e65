// What is about to be ordered: courses of the cart, one course to buy now, or a period of membership.

import { computed, ref, shallowRef } from 'vue'
import { orders, result } from '../api/client'
import { creation } from '@xueshi/client'
import type { components } from '@xueshi/client/orders'
import { asProblem, type Problem } from '../api/problem'
import { useLoad } from '../components/useLoad'

export type Quote = components['schemas']['QuoteAnswer']
export type Order = components['schemas']['OrderAnswer']

export interface Wanted {
  /** Buy this course now, past the cart. */
  course?: string
  /** Buy a period of this membership. */
  plan?: string
}

export function useCheckout(wanted: Wanted) {
  const coupon = ref('')
  const placing = ref(false)
  const refusal = shallowRef<Problem | null>(null)
  /** Said where the code is typed. */
  const couponRefusal = shallowRef<Problem | null>(null)
  const quote = useLoad(read)
  const create = creation()
  const savings = computed(() => (quote.data.value ? savingsOf(quote.data.value) : null))

  async function read(): Promise<Quote | null> {
    if (wanted.plan) return quoteOfPlan(wanted.plan)
    const courses = await chosen(wanted)
    return courses.length ? quoteOfCourses(courses, coupon.value) : null
  }

  /** Uses a coupon, or none; one that cannot be used leaves what was quoted. */
  async function useCoupon(code: string): Promise<void> {
    const courses = quote.data.value?.lines.map((line) => line.item_id) ?? []
    couponRefusal.value = null
    try {
      quote.data.value = await quoteOfCourses(courses, code)
      coupon.value = code
    } catch (thrown) {
      couponRefusal.value = asProblem(thrown)
    }
  }

  /** Places the order at the price that was shown; null where it was refused. */
  async function place(): Promise<Order | null> {
    const shown = quote.data.value
    if (!shown) return null
    placing.value = true
    refusal.value = null
    try {
      return await order(shown, wanted.plan)
    } catch (thrown) {
      refusal.value = asProblem(thrown)
      if (refusal.value.code === 'PRICE_CHANGED') await quote.load()
      return null
    } finally {
      placing.value = false
    }
  }

  function order(shown: Quote, plan?: string): Promise<Order> {
    const expected = { expected_fen: shown.amount_fen }
    if (plan) {
      return create({ body: { plan, ...expected } }, (request) => orders.POST('/v1/orders/membership-orders', request))
    }
    const courses = shown.lines.map((line) => line.item_id)
    const body = { course_ids: courses, coupon_code: shown.coupon_code, ...expected }
    return create({ body }, (request) => orders.POST('/v1/orders/orders', request))
  }

  return { quote, savings, useCoupon, couponRefusal, place, placing, refusal }
}

/** What is paid less than the list says, by why; fen. */
export function savingsOf(quote: Quote): { list: number; member: number; coupon: number } {
  const sum = (of: (line: Quote['lines'][number]) => number): number =>
    quote.lines.reduce((total, line) => total + of(line), 0)
  return {
    list: sum((line) => line.list_fen),
    member: sum((line) => line.list_fen - line.price_fen),
    coupon: quote.discount_fen,
  }
}

async function chosen(wanted: Wanted): Promise<string[]> {
  if (wanted.course) return [wanted.course]
  const cart = await result(orders.GET('/v1/orders/cart'))
  return cart.lines.filter((line) => line.selected && line.obstacle === null).map((line) => line.course_id)
}

function quoteOfCourses(courses: string[], code: string): Promise<Quote> {
  return result(orders.POST('/v1/orders/quotes', { body: { course_ids: courses, coupon_code: code || null } }))
}

async function quoteOfPlan(id: string): Promise<Quote | null> {
  const { plans } = await result(orders.GET('/v1/orders/plans'))
  const plan = plans.find((offered) => offered.id === id)
  if (!plan) return null
  const price = {
    list_fen: plan.price_fen,
    price_fen: plan.price_fen,
    price_reason: 'list',
    due_fen: plan.price_fen,
  } as const
  const line = {
    number: 1,
    goods: 'membership',
    item_id: plan.id,
    title: plan.title,
    title_en: plan.title_en,
    discount_fen: 0,
    ...price,
  } as const
  return { lines: [line], coupon_code: null, discount_fen: 0, amount_fen: plan.price_fen }
}
