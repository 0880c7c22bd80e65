import type { RouteRecordRaw } from 'vue-router'

/** What is bought: membership, cart, checkout, orders and invoices. */
export const shopRoutes: RouteRecordRaw[] = [
  { path: '/membership', name: 'membership', component: () => import('../pages/shop/MembershipPage.vue') },
  { path: '/cart', name: 'cart', component: () => import('../pages/shop/CartPage.vue'), meta: { personal: true } },
  {
    path: '/checkout',
    name: 'checkout',
    component: () => import('../pages/shop/CheckoutPage.vue'),
    meta: { personal: true },
  },
  {
    path: '/invoices',
    name: 'invoices',
    component: () => import('../pages/shop/InvoicesPage.vue'),
    meta: { personal: true },
  },
  { path: '/orders', name: 'orders', component: () => import('../pages/shop/OrdersPage.vue'), meta: { personal: true } },
  {
    path: '/orders/:orderId',
    name: 'order',
    component: () => import('../pages/shop/OrderPage.vue'),
    props: true,
    meta: { personal: true },
  },
  {
    path: '/orders/:orderId/pay',
    name: 'pay',
    component: () => import('../pages/shop/PayPage.vue'),
    props: true,
    meta: { personal: true },
  },
]
