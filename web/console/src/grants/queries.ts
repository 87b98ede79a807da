/** Bulk grants, as the console asks for them and steers them. */
import { answer, type Page } from '@huixiang/api'
import type { LocalText } from '@huixiang/shared'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api, csrf } from '../api'

const WHILE_WORKING_MS = 1_000
const WORKING = new Set(['running', 'stopping', 'undoing', 'waiting', 'undo_waiting'])

export type Gift =
  | { kind: 'points'; points: number; expires_on?: string | null; budget?: string | null }
  | { kind: 'coupons'; template: string; copies?: number }
  | { kind: 'benefit'; benefit: string; unit_cost_fen?: number | null }
  | { kind: 'tier'; tier: string; until: string; unit_cost_fen?: number | null }

export interface GrantRow {
  grant_id: string
  name: string
  gift: Gift
  state: string
  made_at: string
  listed: number
  granted: number
  skipped: number
  failed: number
  given: number
  taken: number
}

export interface Grant extends GrantRow {
  reason: string
  looked_at: number
  preview: {
    listed: number
    planned: number
    total: number
    cut: number
    rows: number | null
    rows_refused: number
    cost_fen: number | null
    excluded: { reason: string; members: number; sample: string[] }[]
    budget: { budget: string; issued: number; promised: number; limit: number | null; room: number | null } | null
  }
}

export interface NewGrant {
  name: string
  gift: Gift
  audience: { kind: 'list'; csv: string } | { kind: 'condition'; condition: Record<string, unknown> }
  reason: string
  per_member?: number
  in_all?: number
  budget_points?: number
}

/** A coupon template that may be given: good through `until`, or for `days` whole days after that of giving. */
export interface Template {
  template: string
  name: LocalText
  until: string | null
  days: number | null
  per_member: number | null
  left: number | null
}

export type Verb = 'request' | 'pause' | 'resume' | 'stop' | 'undo'
const BASE = '/api/console/v1/grants'
const once = () => ({ ...csrf(), 'Idempotency-Key': `grants-${Date.now()}-${Math.floor(Math.random() * 1e9)}` })

export const useGrants = () =>
  useInfiniteQuery({
    queryKey: ['grants'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }): Promise<Page<GrantRow>> =>
      answer<Page<GrantRow>>(
        api.GET(BASE, { params: { query: pageParam === null ? {} : { cursor: pageParam } }, signal }) as never,
      ),
    getNextPageParam: (last: Page<GrantRow>): string | undefined => last.next_cursor ?? undefined,
  })

const TEMPLATES_AT_ONCE = 200

/** All that may be given, page by page. */
export const useTemplates = (enabled: Ref<boolean>) =>
  useQuery({
    queryKey: ['coupon-templates', 'granted'],
    enabled,
    queryFn: async ({ signal }): Promise<Template[]> => {
      const found: Template[] = []
      let cursor: string | null = null
      do {
        const query: { granted: boolean; limit: number; cursor?: string } = { granted: true, limit: TEMPLATES_AT_ONCE, ...(cursor === null ? {} : { cursor }) }
        const page: Page<Template> = await answer<Page<Template>>(
          api.GET('/api/console/v1/coupons/published', { params: { query }, signal }) as never,
        )
        found.push(...page.items)
        cursor = page.next_cursor ?? null
      } while (cursor !== null)
      return found
    },
  })

/** Asked again each second while it is at work, or waits for somebody. */
export const useGrant = (id: string) =>
  useQuery({
    queryKey: ['grants', id],
    queryFn: ({ signal }): Promise<Grant> =>
      answer<Grant>(api.GET('/api/console/v1/grants/{grant_id}', { params: { path: { grant_id: id } }, signal }) as never),
    refetchInterval: (query) => (WORKING.has(query.state.data?.state ?? '') ? WHILE_WORKING_MS : false),
  })

export function useGrantCommands() {
  const queryClient = useQueryClient()
  async function noted(call: Promise<Grant>): Promise<Grant> {
    const grant = await call
    queryClient.setQueryData(['grants', grant.grant_id], grant)
    await queryClient.invalidateQueries({ queryKey: ['grants'], exact: true })
    return grant
  }
  return {
    make: (body: NewGrant): Promise<Grant> =>
      noted(answer<Grant>(api.POST(BASE, { params: { header: once() }, body: body as never } as never) as never)),
    steer: (id: string, verb: Verb, reason: string): Promise<Grant> =>
      noted(
        answer<Grant>(
          api.POST(
            `/api/console/v1/grants/{grant_id}/${verb}` as '/api/console/v1/grants/{grant_id}/pause',
            { params: { path: { grant_id: id }, header: once() }, body: { reason } } as never,
          ) as never,
        ),
      ),
  }
}

/** Where a table of a grant is downloaded from. */
export const tableOf = (id: string, which?: string): string =>
  `${BASE}/${id}/members/export${which ? `?which=${which}` : ''}`
export const refusedOf = (id: string): string => `${BASE}/${id}/refused-rows`
