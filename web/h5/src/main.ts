import '@huixiang/shared/styles/tokens.css'
import 'vant/es/style/base.css'
import './style.css'

import { startI18n, startTheme, retryUnlessRefused } from '@huixiang/shared'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp, watch } from 'vue'

import App from './App.vue'
import en from './locales/en'
import zh from './locales/zh'
import { askAhead } from './queries'
import { createMemberRouter } from './router'
import { takeToken, token } from './token'
import { keepGift } from './wallet/giftLink'

keepGift()
takeToken()
startTheme()

const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: retryUnlessRefused, staleTime: 30_000, refetchOnWindowFocus: true } },
})
askAhead(queryClient)
// What one member was shown is not there for the next one who signs in.
const EVERYBODYS = ['ways', 'terms']
watch(token, (now) => {
  if (now === null) queryClient.removeQueries({ predicate: ({ queryKey }) => !EVERYBODYS.includes(String(queryKey[0])) })
})

createApp(App).use(startI18n({ zh, en })).use(createMemberRouter()).use(VueQueryPlugin, { queryClient }).mount('#app')
