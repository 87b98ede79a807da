/** Requests that wait for a second person: asked for, looked at, decided, taken back. */
import { answer, type Approval, type Page } from '@huixiang/api'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api, command } from '../api'
import { following, position, START } from '../paging'

const WHILE_RUNNING_MS = 1_000
const WAITING_MS = 60_000

export type Which = 'to_decide' | 'asked' | 'decided'
export interface Asked {
  which: Which
  state?: Approval['state']
  command?: string
  member_id?: string
}

export const useApprovals = (asked: Ref<Asked>) =>
  useInfiniteQuery({
    queryKey: ['approvals', asked],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<Approval>> => {
      const params = { query: { ...asked.value, ...position(pageParam) } }
      return answer<Page<Approval>>(api.GET('/api/console/v1/approvals', { params, signal }))
    },
    getNextPageParam: following,
    placeholderData: keepPreviousData,
  })

const of = (id: string) => ({ approval_id: id })

/** What was approved runs a moment later: it is asked for until it has. */
export const useApproval = (id: string) =>
  useQuery({
    queryKey: ['approval', id],
    queryFn: ({ signal }): Promise<Approval> =>
      answer(api.GET('/api/console/v1/approvals/{approval_id}', { params: { path: of(id) }, signal })),
    refetchInterval: (query) => (query.state.data?.state === 'granted' ? WHILE_RUNNING_MS : false),
  })

/** How many wait for who is signed in; 100 are a hundred or more. */
export const useWaiting = (enabled: Ref<boolean>) =>
  useQuery({
    queryKey: ['approvals', 'waiting'],
    queryFn: async ({ signal }): Promise<number> =>
      (await answer(api.GET('/api/console/v1/approvals/waiting', { signal }))).count,
    enabled,
    refetchInterval: WAITING_MS,
  })

export interface Verdict {
  name: 'approve' | 'refuse' | 'withdraw'
  note: string
}

/** Decides a request, or takes back one's own. What lists show of it is asked for anew. */
export function useDecide(id: string): (verdict: Verdict, key: string) => Promise<void> {
  const queryClient = useQueryClient()
  return async ({ name, note }, key) => {
    const params = { path: of(id), header: command(key) }
    const decided =
      name === 'withdraw'
        ? await answer(api.POST('/api/console/v1/approvals/{approval_id}/withdrawal', { params, body: { note } }))
        : await answer(api.POST('/api/console/v1/approvals/{approval_id}/decision', { params, body: { decision: name, note } }))
    queryClient.setQueryData(['approval', id], (shown: Approval | undefined) =>
      shown ? { ...decided, difference: shown.difference } : decided,
    )
    await queryClient.invalidateQueries({ queryKey: ['approvals'] })
  }
}
