import { createRouter, createWebHistory } from 'vue-router'
import { signedInAs } from '../api/session'
import { learnerRoutes } from './learner'
import { shopRoutes } from './shop'
import { staffRoutes } from './staff'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...learnerRoutes,
    ...shopRoutes,
    ...staffRoutes,
    { path: '/:rest(.*)*', name: 'notFound', component: () => import('../navigation/NotFoundPage.vue') },
  ],
  scrollBehavior: (to, _from, saved) => saved ?? (to.hash ? { el: to.hash } : { top: 0 }),
})

// What is personal asks to sign in first and comes back; everything else is open to visitors.
router.beforeEach((to) => {
  if (!to.meta.personal || signedInAs.value !== null) return true
  return { name: 'signIn', query: { to: to.fullPath } }
})
