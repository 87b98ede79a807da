/** The page of tills. */
import type { RouteRecordRaw } from 'vue-router'

const READS = { permission: 'tills:read', title: 'nav.tills', place: 'tills' }

export const TILLS: RouteRecordRaw[] = [{ path: 'tills', name: 'tills', meta: READS, component: () => import('./TillsPage.vue') }]
