/** The coupons of a member, what became of each, and what staff do about them by hand. */
import { answer, type Coupon, type DeskChange, type Page, type PublishedTemplate } from '@huixiang/api'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api, command, settled } from '../api'
import { following, position, START } from '../paging'

export const STATES = ['issued', 'held', 'used', 'expired', 'voided', 'given'] as const
export type CouponState = (typeof STATES)[number]
const TEMPLATES_AT_ONCE = 200

export const useCoupons = (id: string, state: Ref<CouponState>) =>
  useInfiniteQuery({
    queryKey: ['member', id, 'coupons', state],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<Coupon>> => {
      const params = { path: { member_id: id }, query: { state: state.value, ...position(pageParam) } }
      return answer<Page<Coupon>>(api.GET('/api/console/v1/members/{member_id}/coupons', { params, signal }))
    },
    getNextPageParam: following,
  })

export const useCouponChanges = (id: string, coupon: string) =>
  useInfiniteQuery({
    queryKey: ['member', id, 'coupons', coupon, 'changes'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<DeskChange>> => {
      const params = { path: { member_id: id, coupon_id: coupon }, query: position(pageParam) }
      return answer<Page<DeskChange>>(api.GET('/api/console/v1/members/{member_id}/coupons/{coupon_id}/changes', { params, signal }))
    },
    getNextPageParam: following,
  })

/** All templates in force or to come: what copies are called, and which staff may give. */
export const useAllTemplates = () =>
  useQuery({
    queryKey: ['coupon-templates', 'all'],
    queryFn: async ({ signal }): Promise<PublishedTemplate[]> => {
      const found: PublishedTemplate[] = []
      let cursor: string | null | undefined
      do {
        const query = { limit: TEMPLATES_AT_ONCE, ...(cursor ? { cursor } : {}) }
        const page = await answer<Page<PublishedTemplate>>(api.GET('/api/console/v1/coupons/published', { params: { query }, signal }))
        found.push(...page.items)
        cursor = page.next_cursor
      } while (cursor)
      return found
    },
  })

export function useCouponCommands(id: string) {
  const queryClient = useQueryClient()
  const noted = (call: Promise<Coupon>): Promise<Coupon> => settled(queryClient, [['member', id, 'coupons'], ['coupon-templates', 'all']], call)
  return {
    give: (template: string, reason: string, key: string): Promise<Coupon> => {
      const params = { path: { member_id: id }, header: command(key) }
      return noted(answer<Coupon>(api.POST('/api/console/v1/members/{member_id}/coupons', { params, body: { template, reason } })))
    },
    void: (coupon: string, reason: string, key: string): Promise<Coupon> => {
      const params = { path: { member_id: id, coupon_id: coupon }, header: command(key) }
      return noted(answer<Coupon>(api.POST('/api/console/v1/members/{member_id}/coupons/{coupon_id}/void', { params, body: { reason } })))
    },
  }
}
