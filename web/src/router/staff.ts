import type { RouteRecordRaw } from 'vue-router'

/** What staff work with, by role. The server decides in any case; here a role only saves a refusal. */
export const staffRoutes: RouteRecordRaw[] = [
  { path: '/staff', name: 'staff', component: () => import('../pages/StaffPage.vue'), meta: { personal: true } },
]
