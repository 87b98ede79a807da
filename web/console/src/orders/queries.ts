/** Orders: those on their way, and one with all that is known of it. */
import { answer, type OpenOrder, type Page, type WholeOrder } from '@huixiang/api'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api } from '../api'
import { following, position, START } from '../paging'

/** days: placed at least so long ago; store: of one store, or of all where it is empty. */
export const useOpenOrders = (days: Ref<number>, store: Ref<string>) =>
  useInfiniteQuery({
    queryKey: ['open-orders', days, store],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<OpenOrder>> => {
      const of = store.value === '' ? {} : { store_id: store.value }
      const params = { query: { older_than_days: days.value, ...of, ...position(pageParam) } }
      return answer<Page<OpenOrder>>(api.GET('/api/console/v1/orders/open', { params, signal }))
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
