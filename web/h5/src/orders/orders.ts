/** The member's orders and what they ask back of them. */
import type { MyOrder, MyOrderSummary, MyRefundRequest, Page, RefundGround } from '@huixiang/api'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'

import { api, command, mine } from '../queries'

const PAGE = 20
export const GROUNDS: readonly RefundGround[] = ['damaged', 'not_fresh', 'wrong_goods', 'missing', 'unwanted', 'other']

export function useOrders() {
  const query = useInfiniteQuery({
    queryKey: ['orders', 'list'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const params = { query: { limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } }
      return mine<Page<MyOrderSummary>>(api.GET('/api/member/v1/me/orders', { params, signal }))
    },
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })
  return { query, orders: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []) }
}

export const useOrder = (order_id: string) =>
  useQuery({
    queryKey: ['orders', order_id],
    queryFn: ({ signal }) =>
      mine<MyOrder>(api.GET('/api/member/v1/me/orders/{order_id}', { params: { path: { order_id } }, signal })),
  })

export interface Asked {
  ground: RefundGround
  lines: { line_id: string; quantity: number }[]
  note: string | null
}

/** What changes requests; the order, the points and the coupons are asked for again, as a refund at once changes them. */
export function useRefundCommands(order_id: string) {
  const client = useQueryClient()
  const anew = () => Promise.all([['orders'], ['points'], ['postings'], ['wallet'], ['tier']].map((queryKey) => client.invalidateQueries({ queryKey })))
  async function settled<Answer>(call: Promise<Answer>): Promise<Answer> {
    try {
      const made = await call
      await anew()
      return made
    } catch (error) {
      // Without a network nothing is answered until there is one: the member is told now.
      void anew()
      throw error
    }
  }
  return {
    ask: (body: Asked, key: string) =>
      settled(
        mine<MyRefundRequest>(
          api.POST('/api/member/v1/me/orders/{order_id}/refund-requests', { params: { path: { order_id }, ...command(key) }, body }),
        ),
      ),
    withdraw: (request_id: string) =>
      settled(
        mine<MyRefundRequest>(
          api.POST('/api/member/v1/me/orders/{order_id}/refund-requests/{request_id}/withdrawal', {
            params: { path: { order_id, request_id }, ...command() },
          }),
        ),
      ),
  }
}
