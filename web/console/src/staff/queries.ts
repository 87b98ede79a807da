/** People at the console, as administrators see them. */
import { answer, type Account, type Approval, type OpenSession, type Page } from '@huixiang/api'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'

import { api, command } from '../api'
import { following, position, START } from '../paging'

export const useAccounts = () =>
  useInfiniteQuery({
    queryKey: ['accounts'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<Account>> =>
      answer<Page<Account>>(api.GET('/api/console/v1/accounts', { params: { query: position(pageParam) }, signal })),
    getNextPageParam: following,
  })

const of = (id: string) => ({ path: { staff_id: id } })

export const useAccount = (id: string) =>
  useQuery({
    queryKey: ['accounts', id],
    queryFn: ({ signal }): Promise<Account> => answer(api.GET('/api/console/v1/accounts/{staff_id}', { params: of(id), signal })),
  })

export const useSessions = (id: string) =>
  useQuery({
    queryKey: ['accounts', id, 'sessions'],
    queryFn: ({ signal }): Promise<OpenSession[]> =>
      answer(api.GET('/api/console/v1/accounts/{staff_id}/sessions', { params: of(id), signal })),
  })

/** What was disabled with an account, and goes on without it. */
export interface LeftBehind {
  sessions: number
  keys: { key_id: string; name: string }[]
  requests: string[]
}

export function useAccountCommands(id: string) {
  const queryClient = useQueryClient()
  const params = (key: string) => ({ ...of(id), header: command(key) })
  async function then<Made>(call: Promise<Made>): Promise<Made> {
    const made = await call
    await queryClient.invalidateQueries({ queryKey: ['accounts'] })
    return made
  }
  return {
    disable: async (reason: string, key: string): Promise<LeftBehind> => {
      const call = api.POST('/api/console/v1/accounts/{staff_id}/disable', { params: params(key), body: { reason } })
      const made = await then(answer(call))
      return { sessions: made.sessions_ended, keys: made.keys, requests: made.requests }
    },
    enable: (reason: string, key: string): Promise<Account> =>
      then(answer(api.POST('/api/console/v1/accounts/{staff_id}/enable', { params: params(key), body: { reason } }))),
    end: (sessionId: string | null, reason: string, key: string) => {
      const body = { reason, ...(sessionId !== null && { session_id: sessionId }) }
      return then(answer(api.POST('/api/console/v1/accounts/{staff_id}/sessions/end', { params: params(key), body })))
    },
    reset: (reason: string, key: string): Promise<Approval> =>
      then<Approval>(answer<Approval>(api.POST('/api/console/v1/accounts/{staff_id}/totp/reset', { params: params(key), body: { reason } }))),
  }
}
