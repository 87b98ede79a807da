/** Who acted on what, in words. */
import type { AuditEntry } from '@huixiang/api'
import type { Words } from '@huixiang/shared'
import type { RouteLocationRaw } from 'vue-router'

/** The name of a person or a key; what else acts by its kind. */
export function actorOf(entry: Pick<AuditEntry, 'actor' | 'actor_name'>, { word }: Pick<Words, 'word'>): string {
  if (entry.actor_name !== null) return entry.actor_name
  const [kind = '', id] = split(entry.actor)
  return id ? `${word('auditActor', kind)} ${short(id)}` : word('auditActor', kind)
}

export function subjectOf(subject: string, { word }: Pick<Words, 'word'>): string {
  const [kind = '', id] = split(subject)
  return `${word('auditSubject', kind)} ${short(id ?? '')}`.trim()
}

/** The page of what an entry is about, where there is one. */
export function placeOf(subject: string): RouteLocationRaw | null {
  const [kind = '', id = ''] = split(subject)
  const name = { approval: 'approval', key: 'key', member: 'member', staff: 'person' }[kind]
  if (name === undefined || !id) return null
  return { name, params: { id } }
}

function split(text: string): [string, string | undefined] {
  const at = text.indexOf(':')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** Ids are long and told apart by their end. */
const short = (id: string): string => (/^[0-9a-f-]{32,36}$/.test(id) ? `…${id.slice(-6)}` : id)
