/** The pages of bulk grants. */
import type { RouteRecordRaw } from 'vue-router'

const READS = { permission: 'grants:read', title: 'nav.grants', place: 'grants' }
const MAKES = { permission: 'grants:write', title: 'nav.grants', place: 'grants' }

export const GRANTS: RouteRecordRaw[] = [
  { path: 'grants', name: 'grants', meta: READS, component: () => import('./GrantsPage.vue') },
  { path: 'grants/new', name: 'grant-new', meta: MAKES, component: () => import('./GrantNew.vue') },
  { path: 'grants/:id', name: 'grant', meta: READS, component: () => import('./GrantPage.vue'), props: true },
]
