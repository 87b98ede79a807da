/** What is said of a command that was refused: the server's own words, which are in the member's language. */
import { ApiError } from '@huixiang/api'
import type { Words } from '@huixiang/shared'

export function refusalOf(error: unknown, t: Words['t']): string {
  if (!(error instanceof ApiError)) return t('error.server')
  if (error.status === 0) return t('error.network')
  return error.status < 500 && error.detail ? error.detail : t('error.server')
}
