/** Members as a file: asked for, waited for, fetched. */
import { answer, type Approval, type MemberExport, type Page } from '@huixiang/api'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'

import { api, command } from '../api'
import { following, position, START } from '../paging'

/** As the server has them; the personal ones wait for a second person. */
export const COLUMNS = ['number', 'name', 'phone', 'birthday', 'address', 'external_ids', 'state', 'registered_at', 'channel', 'member_id'] as const
export type Column = (typeof COLUMNS)[number]
export const PERSONAL: readonly Column[] = ['name', 'phone', 'birthday', 'address', 'external_ids']
export const MOST = 1000

const SHOWN_AGAIN_MS = 10_000

export const fileOf = (exportId: string): string => `/api/console/v1/members/exports/${exportId}/file`

/** The files that are there. */
export const useFiles = () =>
  useQuery({
    queryKey: ['exports', 'files'],
    queryFn: ({ signal }): Promise<MemberExport[]> => answer<MemberExport[]>(api.GET('/api/console/v1/members/exports', { signal })),
    refetchInterval: SHOWN_AGAIN_MS,
  })

/** What one asked for that a second person decides, or has. */
export const useExportRequests = () =>
  useInfiniteQuery({
    queryKey: ['exports', 'requests'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<Approval>> => {
      const query = { which: 'asked' as const, command: 'members.export', ...position(pageParam) }
      return answer<Page<Approval>>(api.GET('/api/console/v1/approvals', { params: { query }, signal }))
    },
    getNextPageParam: following,
    refetchInterval: SHOWN_AGAIN_MS,
  })

export interface ExportForm {
  reason: string
  member_ids: string[]
  columns: Column[]
}

export function useAskExport(): (form: ExportForm, key: string) => Promise<MemberExport> {
  const queryClient = useQueryClient()
  return async (body, key) => {
    const params = { header: command(key) }
    const made = await answer<MemberExport>(api.POST('/api/console/v1/members/exports', { params, body }))
    await queryClient.invalidateQueries({ queryKey: ['exports'] })
    return made
  }
}
