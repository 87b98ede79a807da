import { ApiError, type Session } from '@huixiang/api'
import { showPlace } from '@huixiang/shared'
import type { QueryClient } from '@tanstack/vue-query'
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteLocationRaw, type Router } from 'vue-router'

import { forget, sessionQuery } from './api'
import { placesOf } from './places'

const READS_INSIGHT = { permission: 'insight:read', title: 'nav.overview' }
const READS_MEMBERS = { permission: 'members:read', title: 'nav.members' }
const READS_MESSAGES = { permission: 'messages:read', title: 'nav.messages' }

/** Every place but the sign-in needs a session; where it ends, the visitor comes back to the place after signing in. */
export function createConsoleRouter(queryClient: QueryClient): Router {
  const router = createRouter({
    history: createWebHistory('/console/'),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: '/sign-in', name: 'sign-in', meta: { title: 'signIn.title' }, component: () => import('./views/SignIn.vue') },
      {
        path: '/',
        component: () => import('./shell/Shell.vue'),
        children: [
          { path: '', name: 'overview', meta: READS_INSIGHT, component: () => import('./views/Overview.vue') },
          { path: 'members', name: 'members', meta: READS_MEMBERS, component: () => import('./views/MemberSearch.vue') },
          {
            path: 'members/:id',
            name: 'member',
            meta: READS_MEMBERS,
            component: () => import('./views/MemberPage.vue'),
            props: true,
          },
          { path: 'messages', name: 'messages', meta: READS_MESSAGES, component: () => import('./views/Messages.vue') },
          { path: ':rest(.*)', name: 'nowhere', meta: { title: 'nowhere.title' }, component: () => import('./views/Nowhere.vue') },
        ],
      },
    ],
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

/** Where the session may not go, its first place of its own stands in. */
function admit(to: RouteLocationNormalized, session: Session): true | RouteLocationRaw {
  const { permission } = to.meta
  if (typeof permission !== 'string' || session.permissions.includes(permission)) return true
  const first = placesOf(session)[0]
  return first ? { name: first.name } : { name: 'nowhere', params: { rest: 'closed' } }
}
