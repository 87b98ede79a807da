import { ApiError } from '@huixiang/api'
import type { QueryClient } from '@tanstack/vue-query'
import { createRouter, createWebHistory, type Router } from 'vue-router'

import { forget, sessionQuery } from './api'

/** Every place but the sign-in needs a session; where it ends, the visitor comes back to the place after signing in. */
export function createConsoleRouter(queryClient: QueryClient): Router {
  const router = createRouter({
    history: createWebHistory('/console/'),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: '/sign-in', name: 'sign-in', component: () => import('./views/SignIn.vue') },
      {
        path: '/',
        component: () => import('./shell/Shell.vue'),
        children: [
          { path: '', name: 'overview', component: () => import('./views/Overview.vue') },
          { path: 'members', name: 'members', component: () => import('./views/MemberSearch.vue') },
          { path: 'members/:id', name: 'member', component: () => import('./views/MemberPage.vue'), props: true },
          { path: ':rest(.*)', name: 'nowhere', component: () => import('./views/Nowhere.vue') },
        ],
      },
    ],
  })

  router.beforeEach(async (to) => {
    if (to.name === 'sign-in') return true
    try {
      await queryClient.ensureQueryData(sessionQuery)
      return true
    } catch (error) {
      if (error instanceof ApiError && error.status !== 401) return true
      return { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
    }
  })

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
