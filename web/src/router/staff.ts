import type { RouteRecordRaw } from 'vue-router'

/** What staff work with, by role. The server decides in any case; here a role only saves a refusal. */
export const staffRoutes: RouteRecordRaw[] = [
  { path: '', name: 'staff', component: () => import('../staff/StaffPage.vue') },
  { path: '/risk', name: 'riskCases', component: () => import('../staff/risk/RiskCasesPage.vue') },
  { path: '/risk/:watchId', name: 'riskCase', component: () => import('../staff/risk/RiskCasePage.vue'), props: true },
  { path: '/awards', name: 'awards', component: () => import('../staff/risk/LearnerAwardsPage.vue') },
  { path: '/audit', name: 'audit', component: () => import('../staff/audit/AuditPage.vue') },
  { path: '/records', name: 'batches', component: () => import('../staff/records/BatchesPage.vue') },
  {
    path: '/records/:credential(AFP|CFP|EFP|CPB|CTP)/:number(\\d+)',
    name: 'batch',
    component: () => import('../staff/records/BatchPage.vue'),
    props: true,
  },
  {
    path: '/certificates',
    name: 'waiting',
    component: () => import('../staff/learners/CertificateQueuePage.vue'),
  },
  { path: '/learners', name: 'learners', component: () => import('../staff/learners/LearnersPage.vue') },
  {
    path: '/learners/:learnerId([A-Za-z0-9][A-Za-z0-9-]{0,63})',
    name: 'learner',
    component: () => import('../staff/learners/LearnerPage.vue'),
    props: true,
  },
  { path: '/access', name: 'access', component: () => import('../staff/access/AccessPage.vue') },
  { path: '/courses', name: 'publishing', component: () => import('../staff/publishing/CoursesPage.vue') },
  {
    path: '/courses/:courseId',
    name: 'publication',
    component: () => import('../staff/publishing/PublicationPage.vue'),
    props: true,
  },
  {
    path: '/productions',
    name: 'productions',
    component: () => import('../staff/productions/ProductionsPage.vue'),
  },
  {
    path: '/productions/:productionId([0-9a-f]{32})',
    name: 'production',
    component: () => import('../staff/productions/ProductionPage.vue'),
    props: true,
  },
  { path: '/enquiries', name: 'desk', component: () => import('../staff/desk/EnquiryQueuePage.vue') },
  {
    path: '/enquiries/:enquiryId',
    name: 'deskEnquiry',
    component: () => import('../enquiries/EnquiryPage.vue'),
    props: true,
  },
  { path: '/reviews', name: 'moderation', component: () => import('../staff/moderation/ModerationPage.vue') },
  { path: '/finance', name: 'finance', component: () => import('../staff/finance/FinancePage.vue') },
  {
    path: '/finance/exports/:exportId',
    name: 'export',
    component: () => import('../staff/finance/ExportPage.vue'),
    props: true,
  },
  {
    path: '/finance/reconciliations/:id',
    name: 'reconciliation',
    component: () => import('../staff/finance/ReconciliationPage.vue'),
    props: true,
  },
].map((route) => ({ ...route, path: `/staff${route.path}`, meta: { personal: true } }))
