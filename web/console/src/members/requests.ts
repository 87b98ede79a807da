/** What changes a member only once a second person has approved it: asked for, and shown while it waits. */
import { answer, type Address, type Approval, type Page, type TierUpgrade } from '@huixiang/api'
import { useQuery, useQueryClient } from '@tanstack/vue-query'

import { api, command, useMay } from '../api'

const of = (id: string) => ({ path: { member_id: id } })

/** What waits of a member, as far as one asked for it or may decide it, the latest first. */
export function useWaitingOf(id: string) {
  const may = useMay()
  return useQuery({
    queryKey: ['member', id, 'waiting'],
    queryFn: async ({ signal }): Promise<Approval[]> => {
      const ask = (which: 'asked' | 'to_decide'): Promise<Page<Approval>> => {
        const params = { query: { which, state: 'waiting' as const, member_id: id } }
        return answer<Page<Approval>>(api.GET('/api/console/v1/approvals', { params, signal }))
      }
      const pages = await Promise.all(may('approvals:decide') ? [ask('asked'), ask('to_decide')] : [ask('asked')])
      const found = new Map(pages.flatMap((page) => page.items).map((one) => [one.approval_id, one]))
      return [...found.values()].sort((one, other) => other.made_at.localeCompare(one.made_at))
    },
  })
}

export const useUpgrades = (id: string) =>
  useQuery({
    queryKey: ['member', id, 'upgrades'],
    queryFn: ({ signal }): Promise<TierUpgrade[]> =>
      answer(api.GET('/api/console/v1/members/{member_id}/tier/upgrades', { params: of(id), signal })),
  })

/** What is not named stays; null removes it. */
export interface PersonalForm {
  reason: string
  name?: string | null
  birthday?: string | null
  address?: Address | null
  phone?: string
}
export interface TierForm {
  tier: string
  until: string
  reason: string
}
export interface IdentityForm {
  reason: string
  phone?: string
  source?: string
  external_id?: string
}

/** Each files a request; it is among what waits at once. */
export function useMemberRequests(id: string) {
  const queryClient = useQueryClient()
  const params = (key: string) => ({ ...of(id), header: command(key) })
  async function then(call: Promise<unknown>): Promise<void> {
    await call
    await queryClient.invalidateQueries({ queryKey: ['member', id] })
    await queryClient.invalidateQueries({ queryKey: ['approvals'] })
  }
  return {
    correct: (body: PersonalForm, key: string) =>
      then(answer(api.POST('/api/console/v1/members/{member_id}/personal', { params: params(key), body }))),
    setTier: (body: TierForm, key: string) =>
      then(answer(api.POST('/api/console/v1/members/{member_id}/tier/manual', { params: params(key), body }))),
    endTier: (upgradeId: string, reason: string, key: string) => {
      const path = { member_id: id, upgrade_id: upgradeId }
      const call = api.POST('/api/console/v1/members/{member_id}/tier/manual/{upgrade_id}/end', {
        params: { path, header: command(key) },
        body: { reason },
      })
      return then(answer(call))
    },
    link: (body: IdentityForm, key: string) =>
      then(answer(api.POST('/api/console/v1/members/{member_id}/identities', { params: params(key), body }))),
    unlink: (body: IdentityForm, key: string) =>
      then(answer(api.POST('/api/console/v1/members/{member_id}/identities/unlink', { params: params(key), body }))),
  }
}
