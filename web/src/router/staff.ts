import type { RouteRecordRaw } from 'vue-router'

/** What staff work with, by role. The server decides in any case; here a role only saves a refusal. */
export const staffRoutes: RouteRecordRaw[] = [
  { path: '', name: 'staff', component: () => import('../pages/StaffPage.vue') },
  { path: '/risk', name: 'riskCases', component: () => import('../pages/staff/RiskCasesPage.vue') },
  { path: '/risk/:watchId', name: 'riskCase', component: () => import('../pages/staff/RiskCasePage.vue'), props: true },
  { path: '/awards', name: 'awards', component: () => import('../pages/staff/LearnerAwardsPage.vue') },
  { path: '/audit', name: 'audit', component: () => import('../pages/staff/AuditPage.vue') },
  { path: '/records', name: 'batches', component: () => import('../pages/staff/BatchesPage.vue') },
  {
    path: '/records/:credential(AFP|CFP|EFP|CPB|CTP)/:number(\\d+)',
    name: 'batch',
    component: () => import('../pages/staff/BatchPage.vue'),
    props: true,
  },
  { path: '/learners', name: 'learners', component: () => import('../pages/staff/LearnersPage.vue') },
  { path: '/courses', name: 'publishing', component: () => import('../pages/staff/CoursesPage.vue') },
  {
    path: '/courses/:courseId',
    name: 'publication',
    component: () => import('../pages/staff/PublicationPage.vue'),
    props: true,
  },
  { path: '/enquiries', name: 'desk', component: () => import('../pages/staff/EnquiryQueuePage.vue') },
  {
    path: '/enquiries/:enquiryId',
    name: 'deskEnquiry',
    component: () => import('../pages/EnquiryPage.vue'),
    props: true,
  },
  { path: '/reviews', name: 'moderation', component: () => import('../pages/staff/ModerationPage.vue') },
  { path: '/finance', name: 'finance', component: () => import('../pages/staff/FinancePage.vue') },
  {
    path: '/finance/exports/:exportId',
    name: 'export',
    component: () => import('../pages/staff/ExportPage.vue'),
    props: true,
  },
  {
    path: '/finance/reconciliations/:id',
    name: 'reconciliation',
    component: () => import('../pages/staff/ReconciliationPage.vue'),
    props: true,
  },
].map((route) => ({ ...route, path: `/staff${route.path}`, meta: { personal: true } }))
