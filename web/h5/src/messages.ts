/** What the page asks of the member's messages: the inbox, how much of it is unread, and pop-ups. */
import {
  answer,
  type InboxMessage,
  type Page,
  type Popup,
  type Popups,
  type Unread,
} from '@huixiang/api'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type InfiniteData } from '@tanstack/vue-query'
import { computed } from 'vue'

import { api, command, mine } from './queries'

const PAGE = 20
const LOOKED_AT_AGAIN_MS = 60_000
const INBOX = ['inbox']
const UNREAD = ['inbox', 'unread']

export const useUnread = () =>
  useQuery({
    queryKey: UNREAD,
    queryFn: ({ signal }) => mine<Unread>(api.GET('/api/member/v1/me/messages/unread', { signal })),
    refetchInterval: LOOKED_AT_AGAIN_MS,
  })

export function useInbox() {
  const query = useInfiniteQuery({
    queryKey: [...INBOX, 'list'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const params = { query: { limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } }
      return mine<Page<InboxMessage>>(api.GET('/api/member/v1/me/messages', { params, signal }))
    },
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })
  return { query, messages: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []) }
}

/** Opening is reading. What stands in the list is replaced by what the server says, so that nothing jumps. */
export function useRead() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      mine<InboxMessage>(
        api.POST('/api/member/v1/me/messages/{message_id}/read', { params: { path: { message_id: id }, ...command() } }),
      ),
    onSuccess: async (read) => {
      client.setQueryData<InfiniteData<Page<InboxMessage>>>([...INBOX, 'list'], (held) =>
        held && {
          ...held,
          pages: held.pages.map((page) => ({
            ...page,
            items: page.items.map((one) => (one.message_id === read.message_id ? read : one)),
          })),
        },
      )
      await client.invalidateQueries({ queryKey: UNREAD })
    },
  })
}

export function useReadAll() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (through: string) =>
      mine<Unread>(api.POST('/api/member/v1/me/messages/read', { params: { ...command() }, body: { through } })),
    onSuccess: () => client.invalidateQueries({ queryKey: INBOX }),
  })
}

export const usePopups = () =>
  useQuery({
    queryKey: ['popups'],
    queryFn: ({ signal }) => mine<Popups>(api.GET('/api/member/v1/me/popups', { signal })),
    staleTime: 5 * LOOKED_AT_AGAIN_MS,
  })

/** Says that a pop-up is shown now. Throws where another device was first, or it has run out: then it is not shown. */
export function showPopup(id: string): Promise<Popup> {
  const params = { path: { message_id: id }, ...command() }
  return answer<Popup>(api.POST('/api/member/v1/me/popups/{message_id}/show', { params }))
}

export function dismissPopup(id: string): Promise<Popup> {
  const params = { path: { message_id: id }, ...command() }
  return answer<Popup>(api.POST('/api/member/v1/me/popups/{message_id}/dismiss', { params }))
}
