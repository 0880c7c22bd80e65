import type { RouteRecordRaw } from 'vue-router'

/** What a learner reads, watches and keeps. `personal` asks to sign in first. */
export const learnerRoutes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('../pages/HomePage.vue') },
  { path: '/search', name: 'search', component: () => import('../pages/SearchPage.vue') },
  { path: '/sign-in', name: 'signIn', component: () => import('../pages/SignInPage.vue') },
  { path: '/register', name: 'register', component: () => import('../pages/RegisterPage.vue') },
  {
    path: '/reset-password',
    name: 'resetPassword',
    component: () => import('../pages/RegisterPage.vue'),
    props: { reset: true },
  },
  { path: '/courses/:courseId', name: 'course', component: () => import('../pages/CoursePage.vue'), props: true },
  {
    path: '/courses/:courseId/watch',
    name: 'watch',
    component: () => import('../pages/WatchPage.vue'),
    props: true,
    meta: { personal: true },
  },
  { path: '/hours', name: 'hours', component: () => import('../pages/HoursPage.vue'), meta: { personal: true } },
  { path: '/account', name: 'account', component: () => import('../pages/AccountPage.vue'), meta: { personal: true } },
  { path: '/profile', name: 'profile', component: () => import('../pages/ProfilePage.vue'), meta: { personal: true } },
  { path: '/notices', name: 'notices', component: () => import('../pages/NoticesPage.vue'), meta: { personal: true } },
  { path: '/support', name: 'support', component: () => import('../pages/SupportPage.vue') },
  {
    path: '/support/:enquiryId',
    name: 'enquiry',
    component: () => import('../pages/EnquiryPage.vue'),
    props: true,
    meta: { personal: true },
  },
  { path: '/proof', name: 'proof', component: () => import('../pages/ProofPage.vue') },
  { path: '/verify/:code?', name: 'verify', component: () => import('../pages/VerifyPage.vue'), props: true },
]
