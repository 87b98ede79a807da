/** Coupon templates, what became of their copies, and batches of codes. */
import { answer, type CodeBatch, type CodeBatchReport, type CouponLift, type CouponSums, type Page, type PublishedTemplate } from '@huixiang/api'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api, command, csrf, settled } from '../api'
import { following, position, START } from '../paging'

const AT_MOST = 100

export const useTemplates = () =>
  useInfiniteQuery({
    queryKey: ['coupon-templates', 'published'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<PublishedTemplate>> =>
      answer<Page<PublishedTemplate>>(api.GET('/api/console/v1/coupons/published', { params: { query: position(pageParam) }, signal })),
    getNextPageParam: following,
  })

export const useTemplate = (template: string) =>
  useQuery({
    queryKey: ['coupon-template', template],
    queryFn: ({ signal }): Promise<PublishedTemplate> =>
      answer<PublishedTemplate>(api.GET('/api/console/v1/coupons/published/{template}', { params: { path: { template } }, signal })),
  })

export interface Span {
  first: string
  last: string
}

/** Of all templates, or one; of a span of business days. */
export const useSums = (span: Ref<Span>, by: 'template' | 'day' | 'batch', template: string | undefined, enabled: Ref<boolean>) =>
  useQuery({
    queryKey: ['coupon-sums', span, by, template],
    queryFn: async ({ signal }): Promise<CouponSums[]> => {
      const found: CouponSums[] = []
      let cursor: string | null | undefined
      do {
        const only = template === undefined ? {} : { template }
        const query = { from: span.value.first, to: span.value.last, by, limit: AT_MOST, ...only, ...(cursor ? { cursor } : {}) }
        const page = await answer<Page<CouponSums>>(api.GET('/api/console/v1/coupons/sums', { params: { query }, signal }))
        found.push(...page.items)
        cursor = page.next_cursor
      } while (cursor)
      return found
    },
    enabled,
  })

/** Of one template, share by share. */
export const useLift = (span: Ref<Span>, days: Ref<number>, template: string) =>
  useQuery({
    queryKey: ['coupon-lift', span, days, template],
    queryFn: async ({ signal }): Promise<CouponLift[]> => {
      const found: CouponLift[] = []
      let cursor: string | null | undefined
      do {
        const query = { from: span.value.first, to: span.value.last, days: days.value, template, limit: AT_MOST, ...(cursor ? { cursor } : {}) }
        const page = await answer<Page<CouponLift>>(api.GET('/api/console/v1/coupons/lift', { params: { query }, signal }))
        found.push(...page.items)
        cursor = page.next_cursor
      } while (cursor)
      return found
    },
  })

/** The rules of the promotions in force, which say what copies do. */
export const usePromotions = (enabled: Ref<boolean>) =>
  useQuery({
    queryKey: ['rulebook', 'promotions', 'main'],
    queryFn: async ({ signal }): Promise<unknown> => {
      const params = { path: { kind: 'promotions', code: 'main' } }
      const found = await answer<{ body: Record<string, unknown> }>(api.GET('/api/console/v1/rulebook/{kind}/{code}', { params, signal }))
      return found.body['rules']
    },
    enabled,
    staleTime: 60_000,
  })

export const useBatches = () =>
  useInfiniteQuery({
    queryKey: ['code-batches'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<CodeBatch>> =>
      answer<Page<CodeBatch>>(api.GET('/api/console/v1/coupons/batches', { params: { query: position(pageParam) }, signal })),
    getNextPageParam: following,
  })

const of = (id: string) => ({ batch_id: id })

export const useBatch = (id: string) =>
  useQuery({
    queryKey: ['code-batches', id],
    queryFn: ({ signal }): Promise<CodeBatchReport> =>
      answer<CodeBatchReport>(api.GET('/api/console/v1/coupons/batches/{batch_id}', { params: { path: of(id) }, signal })),
  })

export interface NewBatch {
  name: string
  template: string
  codes: number
  opens_at: string | null
  closes_at: string | null
  reason: string
}

export function useBatchCommands() {
  const queryClient = useQueryClient()
  const noted = <Made>(call: Promise<Made>): Promise<Made> => settled(queryClient, [['code-batches'], ['approvals']], call)
  return {
    make: (body: NewBatch, key: string): Promise<CodeBatch> =>
      noted(answer<CodeBatch>(api.POST('/api/console/v1/coupons/batches', { params: { header: command(key) }, body }))),
    end: (id: string, reason: string, key: string): Promise<unknown> => {
      const params = { path: of(id), header: command(key) }
      return noted(answer<unknown>(api.POST('/api/console/v1/coupons/batches/{batch_id}/void', { params, body: { reason } })))
    },
    /** The file, which is handed out once. */
    handOut: async (id: string): Promise<Blob> => {
      const params = { path: of(id), header: csrf() }
      return (await noted(answer<unknown>(api.POST('/api/console/v1/coupons/batches/{batch_id}/codes', { params, parseAs: 'blob' })))) as Blob
    },
  }
}
