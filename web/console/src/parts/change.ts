/** One difference, and how a value of it is said. */
import { format } from '@huixiang/shared'

export interface Change {
  path: string
  before?: unknown
  after?: unknown
}

const missing = (value: unknown): boolean => value === null || value === undefined

export function kindOf({ before, after }: Change): 'added' | 'removed' | 'changed' {
  if (missing(before)) return 'added'
  return missing(after) ? 'removed' : 'changed'
}

/** The differences of two flat records, such as what stood in the audit log before and after. */
export function changesOf(before: object | null, after: object | null): Change[] {
  const was = new Map(Object.entries(before ?? {}))
  const is = new Map(Object.entries(after ?? {}))
  const paths = [...new Set([...was.keys(), ...is.keys()])]
  return paths.map((path) => ({ path, before: was.get(path) ?? null, after: is.get(path) ?? null }))
}

/** A personal value that is not opened to the reader. */
export function isSealed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === 'sealed'
}

/** An address is kept as JSON; it is read from the province on. */
function address(value: string): string {
  try {
    const said = JSON.parse(value) as Record<string, string>
    return ['province', 'city', 'district', 'street', 'postcode'].flatMap((part) => said[part] ?? []).join(' ')
  } catch {
    return value // masked, to who may not see all of it
  }
}

/** Points with their sign, money in yuan, plain values as they are, the rest as JSON. */
export function said(path: string, value: unknown): string {
  if (typeof value === 'number' && Number.isInteger(value)) {
    if (/(^|\.)points$/.test(path)) return format.signed(value)
    if (path.endsWith('_fen')) return format.yuan(value)
    return format.count(value)
  }
  if (typeof value === 'string') return path === '$.address' ? address(value) : value
  return JSON.stringify(value, null, 1)
}
