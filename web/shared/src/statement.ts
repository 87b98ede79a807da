/** What a line of the points statement did, and which lines are asked for. */

/** The kinds of postings, in the order in which a filter offers them. */
export const POSTING_KINDS = [
  'earn',
  'spend',
  'hold',
  'capture',
  'release',
  'return',
  'claw_back',
  'mature',
  'expire',
  'adjust',
  'transfer_in',
  'transfer_out',
  'merged_in',
  'merged_out',
] as const

/** Nothing given: every line. Days are business days, both included. */
export interface StatementFilter {
  kind?: string
  from?: string
  to?: string
}

interface Change {
  kind: string
  points: number
  held_delta: number
  pending_delta: number
  debt_delta: number
}

export interface Effect {
  name: 'held' | 'freed' | 'matured' | 'pending' | 'owed' | 'paid'
  points: number
}

/** What a posting did beside adding or taking points: set aside, freed, matured, owed. In this order. */
export function effects(posting: Change): Effect[] {
  const spentOfHold = posting.kind === 'capture' ? Math.max(0, -posting.points) : 0
  const all: Effect[] = [
    { name: 'held', points: posting.held_delta },
    { name: 'freed', points: -posting.held_delta - spentOfHold },
    { name: 'matured', points: posting.kind === 'mature' ? -posting.pending_delta : 0 },
    { name: 'pending', points: posting.pending_delta },
    { name: 'owed', points: posting.debt_delta },
    { name: 'paid', points: -posting.debt_delta },
  ]
  return all.filter((effect) => effect.points > 0)
}

/** Points that a posting only set aside, freed or let mature: to be shown where it neither added nor took any. */
export function moved(posting: Change): Effect | undefined {
  const all = effects(posting)
  return posting.points === 0 && all.length === 1 ? all[0] : undefined
}

/** Whole days of the business calendar before a day ("2026-03-01"). */
export function daysBefore(day: string, count: number): string {
  const instant = new Date(`${day}T00:00:00Z`)
  instant.setUTCDate(instant.getUTCDate() - count)
  return instant.toISOString().slice(0, 10)
}
