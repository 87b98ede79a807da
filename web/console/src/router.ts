import { ApiError, type Session } from '@huixiang/api'
import { showPlace } from '@huixiang/shared'
import type { QueryClient } from '@tanstack/vue-query'
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteLocationRaw, type Router, type RouteRecordRaw } from 'vue-router'

import { forget, sessionQuery } from './api'
import { COUPONS } from './coupons/routes'
import { GRANTS } from './grants/routes'
import { ORDERS } from './orders/routes'
import { PAYMENTS } from './payments/routes'
import { placesOf } from './places'
import { REFUNDS } from './refunds/routes'
import { TILLS } from './tills/routes'

const READS_INSIGHT = { permission: 'insight:read', title: 'nav.overview' }
const READS_MEMBERS = { permission: 'members:read', title: 'nav.members', place: 'members' }
const EXPORTS_MEMBERS = { permission: 'members:export', title: 'exports.page', place: 'members' }
const READS_APPROVALS = { permission: 'approvals:read', title: 'nav.approvals', place: 'approvals' }
const READS_KEYS = { permission: 'keys:read', title: 'nav.keys', place: 'keys' }
const READS_STAFF = { permission: 'staff:read', title: 'nav.staff', place: 'staff' }
const READS_AUDIT = { permission: 'audit:read', title: 'nav.audit', place: 'audit' }
const READS_MESSAGES = { permission: 'messages:read', title: 'nav.messages' }

const FIRST = 'first-password'

const ROUTES: RouteRecordRaw[] = [
  { path: '/sign-in', name: 'sign-in', meta: { title: 'signIn.title' }, component: () => import('./views/SignIn.vue') },
  { path: '/first-password', name: FIRST, meta: { title: 'firstPassword.title' }, component: () => import('./views/FirstPassword.vue') },
  {
    path: '/',
    component: () => import('./shell/Shell.vue'),
    children: [
      { path: '', name: 'overview', meta: READS_INSIGHT, component: () => import('./views/Overview.vue') },
      { path: 'members', name: 'members', meta: READS_MEMBERS, component: () => import('./views/MemberSearch.vue') },
      { path: 'members/exports', name: 'exports', meta: EXPORTS_MEMBERS, component: () => import('./exports/ExportsPage.vue') },
      {
        path: 'members/:id',
        name: 'member',
        meta: READS_MEMBERS,
        component: () => import('./views/MemberPage.vue'),
        props: true,
      },
      { path: 'approvals', name: 'approvals', meta: READS_APPROVALS, component: () => import('./views/Approvals.vue') },
      {
        path: 'approvals/:id',
        name: 'approval',
        meta: READS_APPROVALS,
        component: () => import('./views/ApprovalPage.vue'),
        props: true,
      },
      { path: 'keys', name: 'keys', meta: READS_KEYS, component: () => import('./views/Keys.vue') },
      { path: 'keys/:id', name: 'key', meta: READS_KEYS, component: () => import('./views/KeyPage.vue'), props: true },
      { path: 'staff', name: 'staff', meta: READS_STAFF, component: () => import('./views/Staff.vue') },
      { path: 'staff/:id', name: 'person', meta: READS_STAFF, component: () => import('./views/PersonPage.vue'), props: true },
      { path: 'audit', name: 'audit', meta: READS_AUDIT, component: () => import('./views/Audit.vue') },
      { path: 'audit/:id', name: 'audit-entry', meta: READS_AUDIT, component: () => import('./views/AuditPage.vue'), props: true },
      ...COUPONS,
      ...GRANTS,
      ...ORDERS,
      ...REFUNDS,
      ...TILLS,
      ...PAYMENTS,
      { path: 'messages', name: 'messages', meta: READS_MESSAGES, component: () => import('./views/Messages.vue') },
      { path: 'account', name: 'account', meta: { title: 'account.title' }, component: () => import('./account/AccountPage.vue') },
      { path: ':rest(.*)', name: 'nowhere', meta: { title: 'nowhere.title' }, component: () => import('./views/Nowhere.vue') },
      { path: ':rest(.*)*', name: 'closed', meta: { title: 'closed.title' }, component: () => import('./views/Closed.vue') },
    ],
  },
]

/** Every place but the sign-in needs a session; where it ends, the visitor comes back to the place after signing in. */
export function createConsoleRouter(queryClient: QueryClient): Router {
  const router = createRouter({
    history: createWebHistory('/console/'),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: ROUTES,
  })

  router.beforeEach(async (to) => {
    if (to.name === 'sign-in') return true
    try {
      return admit(to, await queryClient.ensureQueryData(sessionQuery))
    } catch (error) {
      if (error instanceof ApiError && error.status !== 401) return true
      return { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
    }
  })

  router.afterEach((to) => showPlace(String(to.meta['title'])))

  queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'error') return
    const { error } = event.action
    const here = router.currentRoute.value
    if (!(error instanceof ApiError) || error.status !== 401 || !here.name || here.name === 'sign-in') return
    forget(queryClient)
    void router.push({ name: 'sign-in', query: { next: here.fullPath, ended: '1' } })
  })
  return router
}

/**
 * Whose password the program made goes nowhere before they chose another. Who has no overview begins at the first place
 * of their own. Any other place that is not theirs says so.
 */
function admit(to: RouteLocationNormalized, session: Session): true | RouteLocationRaw {
  if (session.password_due !== (to.name === FIRST)) return { name: session.password_due ? FIRST : 'overview' }
  const { permission } = to.meta
  if (typeof permission !== 'string' || session.permissions.includes(permission)) return true
  const first = placesOf(session)[0]
  if (to.name === 'overview' && first) return { name: first.name }
  return { name: 'closed', params: { rest: to.path.slice(1).split('/') } }
}
