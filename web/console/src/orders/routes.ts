/** The pages of orders: those on their way, and one with all that is known of it. */
import type { RouteRecordRaw } from 'vue-router'

const READS = { permission: 'orders:read', place: 'orders' }

export const ORDERS: RouteRecordRaw[] = [
  { path: 'orders', name: 'orders', meta: { ...READS, title: 'onWay.title' }, component: () => import('./OrdersPage.vue') },
  { path: 'orders/:id', name: 'order', meta: { ...READS, title: 'whole.one' }, component: () => import('./OrderPage.vue'), props: true },
]
