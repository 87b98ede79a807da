/** What the page asks the server, each question once. */
import {
  ApiError,
  answer,
  createApi,
  type Balance,
  type CardCode,
  type MemberCard,
  type OneTimeCode,
  type Page,
  type Posting,
  type TierProgress,
} from '@huixiang/api'
import {
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  type QueryClient,
} from '@tanstack/vue-query'
import type { Filter } from '@huixiang/shared'
import { computed, type Ref } from 'vue'

import { dropToken, renewed, token } from './token'

const STATEMENT_PAGE = 20
/** A code holds for a minute; the next one is asked for while this one can still be scanned. */
const CODE_RENEWED_MS = 40_000

export const api = createApi(
  (): Record<string, string> => {
    const headers: Record<string, string> = { 'Accept-Language': document.documentElement.lang }
    if (token.value) headers['Authorization'] = `Bearer ${token.value}`
    return headers
  },
  '',
  // An access token lives a quarter of an hour: what is refused with it is sent again with the next one.
  async (request) => {
    const used = token.value
    const again = used === null ? null : request.clone()
    const response = await fetch(request)
    if (response.status !== 401 || used === null || again === null || !(await renewed(used))) return response
    again.headers.set('Authorization', `Bearer ${String(token.value)}`)
    return fetch(again)
  },
)

export async function mine<Data>(call: Parameters<typeof answer<Data>>[0]): Promise<Data> {
  try {
    return await answer(call)
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) dropToken()
    throw error
  }
}

/** A key under which a command runs once, however often it is sent. `randomUUID` is missing on plain HTTP. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16).padStart(8, '0')).join('')

/** What a command is sent with. Sent again with the same key and body, it is answered as it was the first time. */
export const command = (key: string = newKey()): { header: { 'Idempotency-Key': string } } => ({ header: { 'Idempotency-Key': key } })

const cardQuery = queryOptions({
  queryKey: ['card'],
  queryFn: ({ signal }) => mine<MemberCard>(api.GET('/api/member/v1/me', { signal })),
})
const tierQuery = queryOptions({
  queryKey: ['tier'],
  queryFn: ({ signal }) => mine<TierProgress>(api.GET('/api/member/v1/me/tier', { signal })),
})
const balanceQuery = queryOptions({
  queryKey: ['points'],
  queryFn: ({ signal }) => mine<Balance>(api.GET('/api/member/v1/me/points', { signal })),
})

/** `until`: when it ends by the clock of this phone, reckoned from before it was asked for, whatever that clock says. */
export type Lasting<Code> = Code & { until: number }

async function lasting<Code extends CardCode | OneTimeCode>(
  ask: () => Parameters<typeof mine<Code>>[0],
): Promise<Lasting<Code>> {
  const asked = Date.now()
  const code = await mine<Code>(ask())
  return { ...code, until: asked + Date.parse(code.expires_at) - Date.parse(code.issued_at) }
}

const codeQuery = queryOptions({
  queryKey: ['code'],
  queryFn: ({ signal }) => lasting<CardCode>(() => api.GET('/api/member/v1/me/code', { signal })),
  refetchInterval: CODE_RENEWED_MS,
  refetchOnWindowFocus: 'always',
  // Asked for without a network too, so that the member is told at once.
  networkMode: 'always',
  retryDelay: 1000,
  staleTime: 0,
  gcTime: 0,
})

export const useCode = () => useQuery(codeQuery)

export const useOneTimeCode = () =>
  useMutation({
    networkMode: 'always',
    mutationFn: () => lasting<OneTimeCode>(() => api.POST('/api/member/v1/me/one-time-code')),
  })

export const useCard = () => useQuery(cardQuery)
export const useTier = () => useQuery(tierQuery)
export const useBalance = () => useQuery(balanceQuery)

/** Asks for what stands on the card before the page is built, so that a slow phone waits for both at once. */
export function askAhead(queryClient: QueryClient): void {
  if (!token.value) return
  void queryClient.prefetchQuery(cardQuery)
  void queryClient.prefetchQuery(tierQuery)
  void queryClient.prefetchQuery(balanceQuery)
}

/** Without a filter, every posting. What was shown stays while a changed filter is answered. */
export function useStatement(filter?: Ref<Filter>) {
  const query = useInfiniteQuery({
    queryKey: ['postings', filter ?? {}],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const position = pageParam === null ? {} : { cursor: pageParam }
      const params = { query: { limit: STATEMENT_PAGE, ...filter?.value, ...position } }
      return mine<Page<Posting>>(api.GET('/api/member/v1/me/points/postings', { params, signal }))
    },
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
  return { query, postings: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []) }
}
