/** What the page asks the server, each question once. */
import { ApiError, answer, createApi, type Balance, type MemberCard, type Page, type Posting, type TierProgress } from '@huixiang/api'
import { useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'

import { dropToken, token } from './token'

const STATEMENT_PAGE = 20

const api = createApi((): Record<string, string> => {
  const headers: Record<string, string> = { 'Accept-Language': document.documentElement.lang }
  if (token.value) headers['Authorization'] = `Bearer ${token.value}`
  return headers
})

async function mine<Data>(call: Parameters<typeof answer<Data>>[0]): Promise<Data> {
  try {
    return await answer(call)
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) dropToken()
    throw error
  }
}

export const useCard = () =>
  useQuery({ queryKey: ['card'], queryFn: ({ signal }) => mine<MemberCard>(api.GET('/api/member/v1/me', { signal })) })

export const useTier = () =>
  useQuery({
    queryKey: ['tier'],
    queryFn: ({ signal }) => mine<TierProgress>(api.GET('/api/member/v1/me/tier', { signal })),
  })

export const useBalance = () =>
  useQuery({
    queryKey: ['points'],
    queryFn: ({ signal }) => mine<Balance>(api.GET('/api/member/v1/me/points', { signal })),
  })

export function useStatement() {
  const query = useInfiniteQuery({
    queryKey: ['postings'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const position = pageParam === null ? {} : { cursor: pageParam }
      const params = { query: { limit: STATEMENT_PAGE, ...position } }
      return mine<Page<Posting>>(api.GET('/api/member/v1/me/points/postings', { params, signal }))
    },
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })
  return { query, postings: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []) }
}
