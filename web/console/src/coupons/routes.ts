/** The pages of coupons: templates, and batches of codes. */
import type { RouteRecordRaw } from 'vue-router'

const READS = { permission: 'coupons:read', title: 'nav.coupons', place: 'coupons' }
const MAKES = { permission: 'coupons:batches', title: 'coupons.batches', place: 'coupons' }

export const COUPONS: RouteRecordRaw[] = [
  { path: 'coupons', name: 'coupons', meta: READS, component: () => import('./CouponsPage.vue') },
  { path: 'coupons/batches', name: 'code-batches', meta: MAKES, component: () => import('./BatchesPage.vue') },
  { path: 'coupons/batches/:id', name: 'code-batch', meta: MAKES, component: () => import('./BatchPage.vue'), props: true },
  { path: 'coupons/templates/:code', name: 'coupon-template', meta: READS, component: () => import('./TemplatePage.vue'), props: true },
]
