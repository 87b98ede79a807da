import { showPlace } from '@huixiang/shared'
import { createRouter, createWebHistory, type Router } from 'vue-router'

import CardView from './views/CardView.vue'

/** To be called once the token is out of the address: a router keeps the address it was born with. */
export function createMemberRouter(): Router {
  const router = createRouter({
    history: createWebHistory('/m/'),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: '/', name: 'card', component: CardView },
      { path: '/wallet', name: 'wallet', component: () => import('./views/WalletView.vue') },
      { path: '/gift', name: 'gift', component: () => import('./views/GiftView.vue') },
      { path: '/orders', name: 'orders', component: () => import('./views/OrdersView.vue') },
      { path: '/orders/:order_id', name: 'order', component: () => import('./views/OrderView.vue') },
      { path: '/points', name: 'points', component: () => import('./views/PointsView.vue') },
      { path: '/tier', name: 'tier', component: () => import('./views/TierView.vue') },
      { path: '/inbox', name: 'inbox', component: () => import('./views/InboxView.vue') },
      { path: '/me', name: 'me', component: () => import('./views/MeView.vue') },
      { path: '/me/profile', name: 'profile', component: () => import('./views/ProfileView.vue') },
      { path: '/me/consents', name: 'consents', component: () => import('./views/ConsentsView.vue') },
      { path: '/me/data', name: 'data', component: () => import('./views/DataView.vue') },
      { path: '/trial', name: 'trial', component: () => import('./views/TrialView.vue') },
      { path: '/devices', name: 'devices', component: () => import('./views/DevicesView.vue') },
      // Where providers send the browser back to; shown without a token, so what stands here is seen by nobody.
      { path: '/sign-in', name: 'signIn', component: CardView },
      { path: '/terms', name: 'terms', component: () => import('./views/TermsView.vue') },
      { path: '/:rest(.*)', redirect: '/' },
    ],
  })
  router.afterEach((to) => showPlace(`nav.${String(to.name)}`))
  return router
}
