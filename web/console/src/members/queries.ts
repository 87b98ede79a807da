/** What staff are told of a member beside card, points and orders, and what they do about it. */
import {
  answer,
  type Adjustment,
  type Attribution,
  type KnownProfile,
  type MemberFacts,
  type Merge,
  type MergePreview,
  type Page,
  type Revealed,
  type StateChange,
  type StateChoices,
} from '@huixiang/api'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'

import { api, command, csrf } from '../api'
import { following, position, START } from '../paging'

const WHILE_MOVING_MS = 1_500
const of = (id: string) => ({ path: { member_id: id } })

export const useStateChoices = (id: string) =>
  useQuery({
    queryKey: ['member', id, 'choices'],
    queryFn: ({ signal }): Promise<StateChoices> =>
      answer(api.GET('/api/console/v1/members/{member_id}/states/choices', { params: of(id), signal })),
  })

export const useStateChanges = (id: string) =>
  useInfiniteQuery({
    queryKey: ['member', id, 'states'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<StateChange>> => {
      const params = { ...of(id), query: position(pageParam) }
      return answer<Page<StateChange>>(api.GET('/api/console/v1/members/{member_id}/states', { params, signal }))
    },
    getNextPageParam: following,
  })

export const useProfile = (id: string) =>
  useQuery({
    queryKey: ['member', id, 'profile'],
    queryFn: ({ signal }): Promise<KnownProfile> =>
      answer(api.GET('/api/console/v1/members/{member_id}/profile', { params: of(id), signal })),
  })

export const useFacts = (id: string) =>
  useQuery({
    queryKey: ['member', id, 'facts'],
    queryFn: ({ signal }): Promise<MemberFacts> =>
      answer(api.GET('/api/console/v1/members/{member_id}/facts', { params: of(id), signal })),
  })

export const useAttribution = (id: string) =>
  useQuery({
    queryKey: ['member', id, 'attribution'],
    queryFn: ({ signal }): Promise<Attribution> =>
      answer(api.GET('/api/console/v1/members/{member_id}/attribution', { params: of(id), signal })),
  })

const moves = (merge: Merge): boolean => merge.state === 'moving' || merge.state === 'undoing'

/** The latest first; asked for again while one is on its way. */
export const useMerges = (id: string) =>
  useQuery({
    queryKey: ['member', id, 'merges'],
    queryFn: async ({ signal }): Promise<Merge[]> => {
      const found = await answer(api.GET('/api/console/v1/members/{member_id}/merges', { params: of(id), signal }))
      return found.sort((one, other) => other.started_at.localeCompare(one.started_at))
    },
    refetchInterval: (query) => (query.state.data?.some(moves) ? WHILE_MOVING_MS : false),
  })

/** Of no member's own: once a merge has begun there is nothing to look at before it. */
export const useMergePreview = (gone: string, into: string) =>
  useQuery({
    queryKey: ['merge-preview', gone, into],
    queryFn: ({ signal }): Promise<MergePreview> => {
      const params = { ...of(gone), query: { into } }
      return answer(api.GET('/api/console/v1/members/{member_id}/merges/preview', { params, signal }))
    },
  })

export const useAdjustments = (id: string) =>
  useInfiniteQuery({
    queryKey: ['member', id, 'adjustments'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<Adjustment>> => {
      const params = { query: { member_id: id, ...position(pageParam) } }
      return answer<Page<Adjustment>>(api.GET('/api/console/v1/points/adjustments', { params, signal }))
    },
    getNextPageParam: following,
  })

export interface StateForm {
  state: 'active' | 'blocked' | 'closed' | 'deceased' | 'minor'
  reason: string
  guardian_consent?: string
}
export interface AdjustForm {
  points: number
  ground: Adjustment['ground']
  reason: string
  attachment?: string
}

/** One personal field in full, which the audit log keeps with the reason. It is kept nowhere in the page. */
export const reveal = (id: string, field: Revealed['field'], reason: string): Promise<Revealed> => {
  const params = { ...of(id), header: csrf() }
  return answer(api.POST('/api/console/v1/members/{member_id}/reveal', { params, body: { field, reason } }))
}

/** Commands about one member; whatever was read of them is asked for anew. */
export function useMemberCommands(id: string) {
  const queryClient = useQueryClient()
  async function then<Made>(call: Promise<Made>): Promise<Made> {
    const made = await call
    await queryClient.invalidateQueries({ queryKey: ['member'] })
    return made
  }
  return {
    changeState: (body: StateForm, key: string) => {
      const params = { ...of(id), header: command(key) }
      return then(answer(api.POST('/api/console/v1/members/{member_id}/state', { params, body })))
    },
    adjust: (body: AdjustForm, key: string): Promise<Adjustment> => {
      const params = { ...of(id), header: command(key) }
      return then<Adjustment>(answer<Adjustment>(api.POST('/api/console/v1/members/{member_id}/points/adjustments', { params, body })))
    },
    merge: (gone: string, kept: string, reason: string, key: string): Promise<Merge> => {
      const params = { ...of(gone), header: command(key) }
      const body = { into: { member_id: kept }, reason }
      return then(answer(api.POST('/api/console/v1/members/{member_id}/merges', { params, body })))
    },
    undo: (merge: Merge, reason: string, key: string): Promise<Merge> => {
      const params = { path: { member_id: merge.member_id, merge_id: merge.merge_id }, header: command(key) }
      return then(answer(api.POST('/api/console/v1/members/{member_id}/merges/{merge_id}/undo', { params, body: { reason } })))
    },
  }
}
