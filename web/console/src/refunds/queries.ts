/** Refund requests: in a queue, decided, their goods looked at. */
import { answer, type Page, type RequestedRefund } from '@huixiang/api'
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api, command, settled } from '../api'
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

/**
 * Decides a request, or says what its goods are like. What money and points that moves is asked for anew, and where it is
 * refused too, as then what is shown is old.
 */
export function useVerdict(): (request: RequestedRefund, verdict: Verdict, words: string, key: string) => Promise<unknown> {
  const queryClient = useQueryClient()
  return ({ order_id, request_id, member_id }, verdict, words, key) => {
    const params = { path: { order_id, request_id }, header: command(key) }
    const at = '/api/console/v1/orders/{order_id}/refund-requests/{request_id}'
    const call =
      verdict === 'approve' || verdict === 'refuse'
        ? answer<unknown>(api.POST(`${at}/decision`, { params, body: { decision: verdict, reason: words } }))
        : answer<unknown>(api.POST(`${at}/goods`, { params, body: { goods: verdict, note: words } }))
    return settled(queryClient, [['refund-requests'], ['member', member_id], ['order', order_id], ['payments']], call)
  }
}
