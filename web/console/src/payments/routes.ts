/** The pages of payments: what the shop is told to move, and each day's reconciliation. */
import type { RouteRecordRaw } from 'vue-router'

const READS = { permission: 'finance:read', place: 'payments' }

export const PAYMENTS: RouteRecordRaw[] = [
  { path: 'payments', name: 'payments', meta: { ...READS, title: 'nav.payments' }, component: () => import('./PaymentsPage.vue') },
  { path: 'payments/days', name: 'payment-days', meta: { ...READS, title: 'payments.days' }, component: () => import('./DayPage.vue') },
  { path: 'payments/judged', name: 'payments-judged', meta: { ...READS, title: 'payments.judged' }, component: () => import('./JudgedPage.vue') },
]
