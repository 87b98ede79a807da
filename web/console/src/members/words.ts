/** Words for what members and orders are made of. */
import type { MemberCard, Order } from '@huixiang/api'
import type { Words } from '@huixiang/shared'

/** "Household 718, app 42": other systems' ids with the name of their source. */
export function externalIds(member: MemberCard, word: Words['word']): string {
  return member.external_ids.map((id) => `${word('source', id.source)} ${id.external_id}`).join(', ') || '—'
}

/** "2 pcs", "650 g", or that the line was sold by its amount. */
export function quantity(line: Order['lines'][number], words: Words): string {
  const key = `measure.${line.measure}`
  return words.word('measure', line.measure) === line.measure
    ? `${line.quantity} ${line.measure}`
    : words.t(key, { n: line.quantity })
}
