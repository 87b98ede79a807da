/** What the member says of themselves: their profile, what operators ask besides, and what filling it in is worth. */
import {
  answer,
  type CategoryChoice,
  type Profile,
  type ProfileChanges,
  type RewardedBehaviour,
  type ShownAttribute,
} from '@huixiang/api'
import { useQuery, useQueryClient } from '@tanstack/vue-query'

import { api, command, mine } from './queries'

export type AttributeValue = ShownAttribute['value']
export interface GivenConsent {
  purpose: string
  text_version: string
}

export const useProfile = () =>
  useQuery({
    queryKey: ['profile'],
    queryFn: ({ signal }) => mine<Profile>(api.GET('/api/member/v1/me/profile', { signal })),
  })

export const useAttributes = () =>
  useQuery({
    queryKey: ['attributes'],
    queryFn: ({ signal }) => mine<ShownAttribute[]>(api.GET('/api/member/v1/me/attributes', { signal })),
  })

export const useCategories = () =>
  useQuery({
    queryKey: ['categories'],
    queryFn: ({ signal }) => mine<CategoryChoice[]>(api.GET('/api/member/v1/categories', { signal })),
    staleTime: Infinity,
  })

/** How many points a completed profile is worth, where the program rewards it by itself. */
export const useProfileReward = () =>
  useQuery({
    queryKey: ['behaviours'],
    queryFn: ({ signal }) => mine<RewardedBehaviour[]>(api.GET('/api/member/v1/points/behaviours', { signal })),
    select: (told) => told.find((one) => one.code === 'profile' && one.noticed)?.points ?? 0,
  })

/** Saves what changed. Each of both is one command: what was saved stays saved where the other is refused. */
export function useSaving() {
  const client = useQueryClient()
  return {
    async profile(changes: ProfileChanges): Promise<Profile> {
      const saved = await answer<Profile>(api.PATCH('/api/member/v1/me/profile', { params: command(), body: changes }))
      client.setQueryData(['profile'], saved)
      void client.invalidateQueries({ queryKey: ['card'] })
      return saved
    },
    async attributes(attributes: Record<string, AttributeValue>, consents: GivenConsent[]): Promise<void> {
      const body = { attributes, consents }
      const call = api.PATCH('/api/member/v1/me/attributes', { params: command(), body })
      client.setQueryData(['attributes'], await answer<ShownAttribute[]>(call))
      if (consents.length > 0) void client.invalidateQueries({ queryKey: ['consents'] })
      await client.invalidateQueries({ queryKey: ['profile'] })
    },
  }
}
