/** The page of refund requests. */
import type { RouteRecordRaw } from 'vue-router'

const READS = { permission: 'orders:read', title: 'nav.refunds', place: 'refunds' }

export const REFUNDS: RouteRecordRaw[] = [{ path: 'refunds', name: 'refunds', meta: READS, component: () => import('./RefundsPage.vue') }]
