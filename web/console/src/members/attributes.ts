/** Attributes that operators defined and what a member consents to: shown, set, withdrawn. */
import { answer, type Consent, type ShownAttribute } from '@huixiang/api'
import { useQuery, useQueryClient } from '@tanstack/vue-query'

import { api, command } from '../api'

const of = (id: string) => ({ path: { member_id: id } })

export const useAttributes = (id: string) =>
  useQuery({
    queryKey: ['member', id, 'attributes'],
    queryFn: ({ signal }): Promise<ShownAttribute[]> =>
      answer<ShownAttribute[]>(api.GET('/api/console/v1/members/{member_id}/attributes', { params: of(id), signal })),
  })

export const useConsents = (id: string) =>
  useQuery({
    queryKey: ['member', id, 'consents'],
    queryFn: ({ signal }): Promise<Consent[]> =>
      answer(api.GET('/api/console/v1/members/{member_id}/consents', { params: of(id), signal })),
  })

export type Value = ShownAttribute['value']

export interface AttributeForm {
  code: string
  value: Value
  reason: string
  /** What the member consented to along with it. */
  consent?: { purpose: string; text_version: string }
}

export function useAttributeCommands(id: string) {
  const queryClient = useQueryClient()
  const params = (key: string) => ({ ...of(id), header: command(key) })
  async function then(call: Promise<unknown>): Promise<void> {
    await call
    await queryClient.invalidateQueries({ queryKey: ['member', id] })
  }
  return {
    set: ({ code, value, reason, consent }: AttributeForm, key: string) => {
      const body = { attributes: { [code]: value }, reason, consents: consent ? [consent] : [] }
      return then(answer(api.PATCH('/api/console/v1/members/{member_id}/attributes', { params: params(key), body })))
    },
    withdraw: (purpose: string, reason: string, key: string) => {
      const body = { purpose, reason }
      return then(answer(api.POST('/api/console/v1/members/{member_id}/consents/withdraw', { params: params(key), body })))
    },
  }
}
