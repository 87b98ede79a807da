/** A copy of what the program tells the member of themselves, put together on their own device. */
import type { Page, Posting, InboxMessage } from '@huixiang/api'

import { api, mine } from './queries'

const PAGE = 100

/** Every page of a list. */
async function all<Item>(ask: (cursor: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | null | undefined
  do {
    const page = await ask(cursor ?? undefined)
    items.push(...page.items)
    cursor = page.next_cursor
  } while (cursor)
  return items
}

const listed = (cursor: string | undefined) => ({ query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } })

/** Asked one after the other, so that a slow phone and the limits of the server are spared. */
export async function copyOfMine(): Promise<Record<string, unknown>> {
  return {
    made_at: new Date().toISOString(),
    account: await mine(api.GET('/api/member/v1/me')),
    profile: await mine(api.GET('/api/member/v1/me/profile')),
    attributes: await mine(api.GET('/api/member/v1/me/attributes')),
    consents: await mine(api.GET('/api/member/v1/me/consents')),
    terms: await mine(api.GET('/api/member/v1/me/terms')),
    devices: await mine(api.GET('/api/member/v1/me/devices')),
    passkeys: await mine(api.GET('/api/member/v1/me/passkeys')),
    tier: await mine(api.GET('/api/member/v1/me/tier')),
    trials: await mine(api.GET('/api/member/v1/me/trials')),
    facts: await mine(api.GET('/api/member/v1/me/facts')),
    points: await mine(api.GET('/api/member/v1/me/points')),
    postings: await all((cursor) =>
      mine<Page<Posting>>(api.GET('/api/member/v1/me/points/postings', { params: listed(cursor) })),
    ),
    messages: await all((cursor) =>
      mine<Page<InboxMessage>>(api.GET('/api/member/v1/me/messages', { params: listed(cursor) })),
    ),
  }
}

/** Hands a file to the browser to keep. */
export function download(content: unknown, name: string): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
