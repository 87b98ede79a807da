/** Bulk grants, as the console asks for them and steers them. */
import { answer, type BulkGrant, type BulkGrantRow, type NewBulkGrant, type Page, type PublishedTemplate } from '@huixiang/api'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api, command, settled } from '../api'
import { following, position, START } from '../paging'

const WHILE_WORKING_MS = 1_000
const WORKING = new Set(['running', 'stopping', 'undoing', 'waiting', 'undo_waiting'])

/** What each member gets. */
export type Gift = BulkGrant['gift']
export type Verb = 'request' | 'pause' | 'resume' | 'stop' | 'undo'
const BASE = '/api/console/v1/grants'

export const useGrants = () =>
  useInfiniteQuery({
    queryKey: ['grants'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<BulkGrantRow>> =>
      answer<Page<BulkGrantRow>>(api.GET(BASE, { params: { query: position(pageParam) }, signal })),
    getNextPageParam: following,
  })

const TEMPLATES_AT_ONCE = 200

/** All that may be given, page by page. */
export const useTemplates = (enabled: Ref<boolean>) =>
  useQuery({
    queryKey: ['coupon-templates', 'granted'],
    enabled,
    queryFn: async ({ signal }): Promise<PublishedTemplate[]> => {
      const found: PublishedTemplate[] = []
      let cursor: string | null | undefined
      do {
        const query = { granted: true, limit: TEMPLATES_AT_ONCE, ...(cursor ? { cursor } : {}) }
        const page = await answer<Page<PublishedTemplate>>(api.GET('/api/console/v1/coupons/published', { params: { query }, signal }))
        found.push(...page.items)
        cursor = page.next_cursor
      } while (cursor)
      return found
    },
  })

/** Asked again each second while it is at work, or waits for somebody. */
export const useGrant = (id: string) =>
  useQuery({
    queryKey: ['grants', id],
    queryFn: ({ signal }): Promise<BulkGrant> =>
      answer<BulkGrant>(api.GET('/api/console/v1/grants/{grant_id}', { params: { path: { grant_id: id } }, signal })),
    refetchInterval: (query) => (WORKING.has(query.state.data?.state ?? '') ? WHILE_WORKING_MS : false),
  })

export function useGrantCommands() {
  const queryClient = useQueryClient()
  const noted = (call: Promise<BulkGrant>): Promise<BulkGrant> => settled(queryClient, [['grants'], ['approvals']], call)
  return {
    make: (body: NewBulkGrant, key: string): Promise<BulkGrant> =>
      noted(answer<BulkGrant>(api.POST(BASE, { params: { header: command(key) }, body }))),
    steer: (grant_id: string, verb: Verb, reason: string, key: string): Promise<BulkGrant> => {
      const params = { path: { grant_id }, header: command(key) }
      return noted(answer<BulkGrant>(api.POST(`/api/console/v1/grants/{grant_id}/${verb}`, { params, body: { reason } })))
    },
  }
}

/** Where a table of a grant is downloaded from. */
export const tableOf = (id: string, which?: string): string =>
  `${BASE}/${id}/members/export${which ? `?which=${which}` : ''}`
export const refusedOf = (id: string): string => `${BASE}/${id}/refused-rows`
