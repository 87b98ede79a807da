/** Lists page by page, after the server's cursor. */
import type { Page } from '@huixiang/api'

export const PAGE = 20
export const START = null as string | null
export const following = (last: Page<unknown>): string | undefined => last.next_cursor ?? undefined
export const position = (cursor: string | null): { limit: number; cursor?: string } =>
  cursor === null ? { limit: PAGE } : { limit: PAGE, cursor }
