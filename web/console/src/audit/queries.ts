/** The audit log: its entries, one of them with its chain walked, and the signed roots of its days. */
import { answer, type AuditDetail, type AuditEntry, type AuditRoot, type Page } from '@huixiang/api'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api } from '../api'
import { following, position, START } from '../paging'

/** Days are business days, both included. */
export interface Wanted {
  actor?: string
  action?: string
  subject?: string
  member_id?: string
  first_day?: string
  last_day?: string
}

export const useEntries = (wanted: Ref<Wanted>) =>
  useInfiniteQuery({
    queryKey: ['audit', wanted],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<AuditEntry>> => {
      const params = { query: { ...wanted.value, ...position(pageParam) } }
      return answer<Page<AuditEntry>>(api.GET('/api/console/v1/audit', { params, signal }))
    },
    getNextPageParam: following,
    placeholderData: keepPreviousData,
  })

export const useEntry = (id: string) =>
  useQuery({
    queryKey: ['audit', 'entry', id],
    queryFn: ({ signal }): Promise<AuditDetail> =>
      answer(api.GET('/api/console/v1/audit/{audit_id}', { params: { path: { audit_id: id } }, signal })),
    staleTime: 0,
  })

/** The root of the last day that was closed; null before the first. */
export const useLatestRoot = () =>
  useQuery({
    queryKey: ['audit', 'root'],
    queryFn: async ({ signal }): Promise<AuditRoot | null> => {
      const page = await answer<Page<AuditRoot>>(api.GET('/api/console/v1/audit/roots', { params: { query: { limit: 1 } }, signal }))
      return page.items[0] ?? null
    },
  })
