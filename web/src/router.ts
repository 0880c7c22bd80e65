import { createRouter, createWebHistory } from 'vue-router'
import { signedInAs } from './api/session'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'home', component: () => import('./pages/HomePage.vue') },
    { path: '/sign-in', name: 'signIn', component: () => import('./pages/SignInPage.vue') },
    { path: '/register', name: 'register', component: () => import('./pages/RegisterPage.vue') },
    {
      path: '/reset-password',
      name: 'resetPassword',
      component: () => import('./pages/RegisterPage.vue'),
      props: { reset: true },
    },
    { path: '/courses/:courseId', name: 'course', component: () => import('./pages/CoursePage.vue'), props: true },
    {
      path: '/courses/:courseId/watch',
      name: 'watch',
      component: () => import('./pages/WatchPage.vue'),
      props: true,
      meta: { personal: true },
    },
    { path: '/hours', name: 'hours', component: () => import('./pages/HoursPage.vue'), meta: { personal: true } },
    { path: '/verify/:code?', name: 'verify', component: () => import('./pages/VerifyPage.vue'), props: true },
    { path: '/:rest(.*)*', name: 'notFound', component: () => import('./pages/NotFoundPage.vue') },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

// What is personal asks to sign in first and comes back; everything else is open to visitors.
router.beforeEach((to) => {
  if (!to.meta.personal || signedInAs.value !== null) return true
  return { name: 'signIn', query: { to: to.fullPath } }
})
