/** Words for what members are made of. */
import type { MemberCard } from '@huixiang/api'
import type { Words } from '@huixiang/shared'

/** What a member without a name goes by. */
export function firstExternalId(member: MemberCard | undefined, word: Words['word']): string | undefined {
  const id = member?.external_ids[0]
  return id && `${word('source', id.source)} ${id.external_id}`
}

/** "Household 718", "Shop 42": other systems' ids with the name of their source; a dash where there is none. */
export function externalIds(member: MemberCard, word: Words['word']): string[] {
  const ids = member.external_ids.map((id) => `${word('source', id.source)} ${id.external_id}`)
  return ids.length > 0 ? ids : ['—']
}
