import type { RouteRecordRaw } from 'vue-router'

/** What is bought: membership, cart, checkout, orders and invoices. */
export const shopRoutes: RouteRecordRaw[] = [
  { path: '/membership', name: 'membership', component: () => import('../shop/MembershipPage.vue') },
  { path: '/cart', name: 'cart', component: () => import('../shop/CartPage.vue'), meta: { personal: true } },
  {
    path: '/checkout',
    name: 'checkout',
    component: () => import('../shop/CheckoutPage.vue'),
    meta: { personal: true },
  },
  {
    path: '/invoices',
    name: 'invoices',
    component: () => import('../shop/InvoicesPage.vue'),
    meta: { personal: true },
  },
  { path: '/orders', name: 'orders', component: () => import('../shop/OrdersPage.vue'), meta: { personal: true } },
  {
    path: '/orders/:orderId',
    name: 'order',
    component: () => import('../shop/OrderPage.vue'),
    props: true,
    meta: { personal: true },
  },
  {
    path: '/orders/:orderId/pay',
    name: 'pay',
    component: () => import('../shop/PayPage.vue'),
    props: true,
    meta: { personal: true },
  },
]
