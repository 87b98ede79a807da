/** Refund requests: in a queue, decided, their goods looked at. */
import { answer, type Page, type RequestedRefund } from '@huixiang/api'
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api, command } from '../api'
import { following, position, START } from '../paging'

export const QUEUES = ['asked', 'to_check', 'refunded', 'refused', 'withdrawn'] as const
export type Queue = (typeof QUEUES)[number]

export const useRefundRequests = (state: Ref<Queue>) =>
  useInfiniteQuery({
    queryKey: ['refund-requests', state],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<RequestedRefund>> => {
      const params = { query: { state: state.value, ...position(pageParam) } }
      return answer<Page<RequestedRefund>>(api.GET('/api/console/v1/refund-requests', { params, signal }))
    },
    getNextPageParam: following,
    placeholderData: keepPreviousData,
  })

export type Verdict = 'approve' | 'refuse' | 'ok' | 'not_ok'

/** Decides a request, or says what its goods are like. The queues are asked for anew. */
export function useVerdict(): (request: RequestedRefund, verdict: Verdict, words: string, key: string) => Promise<void> {
  const queryClient = useQueryClient()
  return async ({ order_id, request_id }, verdict, words, key) => {
    const params = { path: { order_id, request_id }, header: command(key) }
    const at = '/api/console/v1/orders/{order_id}/refund-requests/{request_id}'
    await (verdict === 'approve' || verdict === 'refuse'
      ? answer(api.POST(`${at}/decision`, { params, body: { decision: verdict, reason: words } }))
      : answer(api.POST(`${at}/goods`, { params, body: { goods: verdict, note: words } })))
    await queryClient.invalidateQueries({ queryKey: ['refund-requests'] })
  }
}
