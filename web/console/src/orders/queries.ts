/** Orders: those on their way, and one with all that is known of it, completed or cancelled by hand. */
import { answer, type OpenOrders, type WholeOrder } from '@huixiang/api'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api, command, settled } from '../api'
import { following, position, START } from '../paging'

/** days: placed at least so long ago; store: of one store, or of all where it is empty. */
export const useOpenOrders = (days: Ref<number>, store: Ref<string>) =>
  useInfiniteQuery({
    queryKey: ['open-orders', days, store],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<OpenOrders> => {
      const of = store.value === '' ? {} : { store_id: store.value }
      const params = { query: { older_than_days: days.value, ...of, ...position(pageParam) } }
      return answer<OpenOrders>(api.GET('/api/console/v1/orders/open', { params, signal }))
    },
    getNextPageParam: following,
    placeholderData: keepPreviousData,
  })

export const useWholeOrder = (id: string) =>
  useQuery({
    queryKey: ['order', id, 'whole'],
    queryFn: ({ signal }): Promise<WholeOrder> =>
      answer<WholeOrder>(api.GET('/api/console/v1/orders/{order_id}/whole', { params: { path: { order_id: id } }, signal })),
  })

export type Act = 'complete' | 'cancel'

/** What it moves is asked for anew, and where it is refused too, as then what is shown is old. */
export function useSettle(): (order: WholeOrder, act: Act, reason: string, key: string) => Promise<unknown> {
  const queryClient = useQueryClient()
  return ({ seen: { order_id }, member_id }, act, reason, key) => {
    const params = { path: { order_id }, header: command(key) }
    const call = answer<unknown>(api.POST(`/api/console/v1/orders/{order_id}/${act}`, { params, body: { reason } }))
    return settled(queryClient, [['order', order_id], ['open-orders'], ['payments'], ['member', member_id]], call)
  }
}
