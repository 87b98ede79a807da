import '@huixiang/shared/styles/tokens.css'
import 'vant/es/style/base.css'
import './style.css'

import { startI18n, startTheme, retryUnlessRefused } from '@huixiang/shared'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'

import App from './App.vue'
import en from './locales/en'
import zh from './locales/zh'
import { askAhead } from './queries'
import { createMemberRouter } from './router'
import { takeToken } from './token'

takeToken()
startTheme()

const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: retryUnlessRefused, staleTime: 30_000, refetchOnWindowFocus: true } },
})
askAhead(queryClient)

createApp(App).use(startI18n({ zh, en })).use(createMemberRouter()).use(VueQueryPlugin, { queryClient }).mount('#app')
