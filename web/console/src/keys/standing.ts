/** What state a key is in, and when its holder came last. */
import type { SystemKey } from '@huixiang/api'

export type Standing = 'active' | 'rotating' | 'expired' | 'revoked'

export function standingOf(key: SystemKey, now = Date.now()): Standing {
  if (key.revoked_at !== null) return 'revoked'
  if (key.expires_at !== null && Date.parse(key.expires_at) <= now) return 'expired'
  return key.secrets.some(({ ends_at: end }) => end !== null && Date.parse(end) > now) ? 'rotating' : 'active'
}

export const chipOf = (standing: Standing): string =>
  ({ active: '', rotating: 'warm', expired: 'dull', revoked: 'dull' })[standing]

/** Right to the hour; null where nobody came yet. */
export function lastUsed(key: SystemKey): string | null {
  const times = key.secrets.map((secret) => secret.last_used_at).filter((at) => at !== null)
  return times.sort().at(-1) ?? null
}
