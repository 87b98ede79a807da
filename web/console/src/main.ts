import './kit'
import '@huixiang/shared/styles/tokens.css'
import './style.css'

import { retryUnlessRefused, startI18n, startTheme } from '@huixiang/shared'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'

import App from './App.vue'
import en from './locales/en'
import zh from './locales/zh'
import { createConsoleRouter } from './router'

startTheme()

const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: retryUnlessRefused, staleTime: 15_000 } },
})

createApp(App)
  .use(startI18n({ zh, en }))
  .use(VueQueryPlugin, { queryClient })
  .use(createConsoleRouter(queryClient))
  .mount('#app')
