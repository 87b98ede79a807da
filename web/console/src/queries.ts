/** What the console asks the server, each question once. Pages of a list follow the server's cursor. */
import { answer, type Balance, type MemberCard, type MessageRow, type Order, type OrderSummary, type Overview, type Page, type Posting, type Refund, type SunkMessage, type TierProgress } from '@huixiang/api'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import type { Filter } from '@huixiang/shared'
import type { Ref } from 'vue'

import { api, csrf } from './api'
import { following, position, START } from './paging'

const WHILE_IMPORTING_MS = 2_000
const WHILE_WAITING_MS = 3_000

export interface Span {
  from?: string
}

/** Figures refresh by themselves while an import is running. */
export function useOverview(span: Ref<Span>) {
  return useQuery({
    queryKey: ['overview', span],
    queryFn: ({ signal }): Promise<Overview> =>
      answer(api.GET('/api/console/v1/overview', { params: { query: span.value }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.import?.state === 'running' ? WHILE_IMPORTING_MS : false),
  })
}

/** Without a query, the latest members. */
export function useMemberSearch(query: Ref<string>, enabled: Ref<boolean> | true = true) {
  return useInfiniteQuery({
    queryKey: ['search', query],
    enabled,
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<MemberCard>> => {
      const body = { query: query.value, ...position(pageParam) }
      return answer<Page<MemberCard>>(api.POST('/api/console/v1/members/search', { params: { header: csrf() }, body, signal }))
    },
    getNextPageParam: following,
  })
}

const member = (id: string) => ({ path: { member_id: id } })

export const useMember = (id: string) =>
  useQuery({
    queryKey: ['member', id],
    queryFn: ({ signal }): Promise<MemberCard> =>
      answer(api.GET('/api/console/v1/members/{member_id}', { params: member(id), signal })),
  })

export const useMemberTier = (id: string) =>
  useQuery({
    queryKey: ['member', id, 'tier'],
    queryFn: ({ signal }): Promise<TierProgress> =>
      answer(api.GET('/api/console/v1/members/{member_id}/tier', { params: member(id), signal })),
  })

export const useMemberBalance = (id: string) =>
  useQuery({
    queryKey: ['member', id, 'points'],
    queryFn: ({ signal }): Promise<Balance> =>
      answer(api.GET('/api/console/v1/members/{member_id}/points', { params: member(id), signal })),
  })

/** What was shown stays while a changed filter is answered. */
export const useMemberStatement = (id: string, filter: Ref<Filter>) =>
  useInfiniteQuery({
    queryKey: ['member', id, 'postings', filter],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<Posting>> => {
      const params = { ...member(id), query: { ...filter.value, ...position(pageParam) } }
      return answer<Page<Posting>>(api.GET('/api/console/v1/members/{member_id}/points/postings', { params, signal }))
    },
    getNextPageParam: following,
    placeholderData: keepPreviousData,
  })

export const useMemberOrders = (id: string) =>
  useInfiniteQuery({
    queryKey: ['member', id, 'orders'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<OrderSummary>> => {
      const params = { ...member(id), query: position(pageParam) }
      return answer<Page<OrderSummary>>(api.GET('/api/console/v1/members/{member_id}/orders', { params, signal }))
    },
    getNextPageParam: following,
  })

/** The refunds of an order, the first one first. */
export const useOrderRefunds = (id: string) =>
  useInfiniteQuery({
    queryKey: ['order', id, 'refunds'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<Refund>> => {
      const params = { path: { order_id: id }, query: position(pageParam) }
      return answer<Page<Refund>>(api.GET('/api/console/v1/orders/{order_id}/refunds', { params, signal }))
    },
    getNextPageParam: following,
  })

export const useOrder = (id: string) =>
  useQuery({
    queryKey: ['order', id],
    queryFn: ({ signal }): Promise<Order> =>
      answer(api.GET('/api/console/v1/orders/{order_id}', { params: { path: { order_id: id } }, signal })),
  })

/** What was sent, to everybody. */
export const useMessages = () =>
  useInfiniteQuery({
    queryKey: ['messages'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<MessageRow>> =>
      answer<Page<MessageRow>>(api.GET('/api/console/v1/messages', { params: { query: position(pageParam) }, signal })),
    getNextPageParam: following,
  })

/** What arrived at the local sink; who waits for a code sees it come. */
export const useSunkMessages = () =>
  useInfiniteQuery({
    queryKey: ['messages', 'sink'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<SunkMessage>> =>
      answer<Page<SunkMessage>>(api.GET('/api/console/v1/messages/sink', { params: { query: position(pageParam) }, signal })),
    getNextPageParam: following,
    refetchInterval: WHILE_WAITING_MS,
  })
