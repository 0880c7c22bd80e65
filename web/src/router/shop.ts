import type { RouteRecordRaw } from 'vue-router'

/** What is bought: membership, cart, checkout, orders and invoices. */
export const shopRoutes: RouteRecordRaw[] = []
