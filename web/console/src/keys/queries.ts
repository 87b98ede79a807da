/** Keys of calling systems. */
import { answer, type KeyTerms, type Page, type ShownKey, type SystemKey } from '@huixiang/api'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api, command } from '../api'
import { following, position, START } from '../paging'

export const useKeys = () =>
  useInfiniteQuery({
    queryKey: ['keys'],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<SystemKey>> =>
      answer<Page<SystemKey>>(api.GET('/api/console/v1/keys', { params: { query: position(pageParam) }, signal })),
    getNextPageParam: following,
  })

const of = (id: string) => ({ key_id: id })

export const useKey = (id: string) =>
  useQuery({
    queryKey: ['key', id],
    queryFn: ({ signal }): Promise<SystemKey> =>
      answer(api.GET('/api/console/v1/keys/{key_id}', { params: { path: of(id) }, signal })),
  })

/** What a key may be let do. */
export const useScopes = (enabled: Ref<boolean>) =>
  useQuery({
    queryKey: ['scopes'],
    queryFn: ({ signal }): Promise<string[]> => answer(api.GET('/api/console/v1/keys/scopes', { signal })),
    enabled,
    staleTime: Infinity,
  })

const itself = (key: SystemKey): SystemKey => key
const within = (made: ShownKey): SystemKey => made.key

export function useKeyCommands() {
  const queryClient = useQueryClient()
  const header = command
  async function noted<Made>(call: Promise<Made>, keyOf: (made: Made) => SystemKey): Promise<Made> {
    const made = await call
    const key = keyOf(made)
    queryClient.setQueryData(['key', key.key_id], key)
    await queryClient.invalidateQueries({ queryKey: ['keys'] })
    return made
  }
  return {
    create: (body: KeyTerms, key: string): Promise<ShownKey> =>
      noted<ShownKey>(answer(api.POST('/api/console/v1/keys', { params: { header: header(key) }, body })), within),
    change: (id: string, body: KeyTerms, key: string): Promise<SystemKey> =>
      noted<SystemKey>(answer(api.PATCH('/api/console/v1/keys/{key_id}', { params: { path: of(id), header: header(key) }, body })), itself),
    rotate: (id: string, overlap_s: number, key: string): Promise<ShownKey> => {
      const params = { path: of(id), header: header(key) }
      return noted<ShownKey>(answer(api.POST('/api/console/v1/keys/{key_id}/rotate', { params, body: { overlap_s } })), within)
    },
    finish: (id: string, key: string): Promise<SystemKey> => {
      const params = { path: of(id), header: header(key) }
      return noted<SystemKey>(answer(api.POST('/api/console/v1/keys/{key_id}/rotation/finish', { params })), itself)
    },
    revoke: (id: string, key: string): Promise<SystemKey> => {
      const params = { path: of(id), header: header(key) }
      return noted<SystemKey>(answer(api.POST('/api/console/v1/keys/{key_id}/revoke', { params })), itself)
    },
  }
}
