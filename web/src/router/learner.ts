import type { RouteRecordRaw } from 'vue-router'

/** What a learner reads, watches and keeps. `personal` asks to sign in first. */
export const learnerRoutes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('../home/HomePage.vue') },
  { path: '/search', name: 'search', component: () => import('../search/SearchPage.vue') },
  { path: '/sign-in', name: 'signIn', component: () => import('../account/SignInPage.vue') },
  { path: '/register', name: 'register', component: () => import('../account/RegisterPage.vue') },
  {
    path: '/reset-password',
    name: 'resetPassword',
    component: () => import('../account/RegisterPage.vue'),
    props: { reset: true },
  },
  { path: '/recovery', name: 'recovery', component: () => import('../account/RecoveryPage.vue') },
  {
    path: '/second-factor',
    name: 'secondFactor',
    component: () => import('../account/SecondFactorPage.vue'),
    meta: { personal: true },
  },
  {
    path: '/sign-ins',
    name: 'signIns',
    component: () => import('../account/SignInsPage.vue'),
    meta: { personal: true },
  },
  { path: '/courses/:courseId', name: 'course', component: () => import('../course/CoursePage.vue'), props: true },
  {
    path: '/courses/:courseId/watch',
    name: 'watch',
    component: () => import('../player/WatchPage.vue'),
    props: true,
    meta: { personal: true },
  },
  { path: '/hours', name: 'hours', component: () => import('../hours/HoursPage.vue'), meta: { personal: true } },
  {
    path: '/account',
    name: 'account',
    component: () => import('../account/AccountPage.vue'),
    meta: { personal: true },
  },
  {
    path: '/profile',
    name: 'profile',
    component: () => import('../profile/ProfilePage.vue'),
    meta: { personal: true },
  },
  {
    path: '/notices',
    name: 'notices',
    component: () => import('../notices/NoticesPage.vue'),
    meta: { personal: true },
  },
  { path: '/support', name: 'support', component: () => import('../enquiries/SupportPage.vue') },
  {
    path: '/support/:enquiryId',
    name: 'enquiry',
    component: () => import('../enquiries/EnquiryPage.vue'),
    props: true,
    meta: { personal: true },
  },
  { path: '/proof', name: 'proof', component: () => import('../proof/ProofPage.vue') },
  { path: '/check', name: 'checkFile', component: () => import('../proof/CheckFilePage.vue') },
  { path: '/developers', name: 'developers', component: () => import('../developers/GuidePage.vue') },
  {
    path: '/developers/api/:service?',
    name: 'reference',
    component: () => import('../developers/ReferencePage.vue'),
    props: true,
  },
  { path: '/verify/:code?', name: 'verify', component: () => import('../proof/VerifyPage.vue'), props: true },
]
