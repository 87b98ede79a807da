import { createRouter, createWebHistory } from 'vue-router'

import CardView from './views/CardView.vue'

export const router = createRouter({
  history: createWebHistory('/m/'),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', name: 'card', component: CardView },
    { path: '/points', name: 'points', component: () => import('./views/PointsView.vue') },
    { path: '/tier', name: 'tier', component: () => import('./views/TierView.vue') },
    { path: '/:rest(.*)', redirect: '/' },
  ],
})
