/** The form of a new grant, and what it asks for. */
import type { NewBulkGrant } from '@huixiang/api'

import type { Gift } from './queries'

/** What a field of numbers holds: nothing, or what was typed in it as the number it is. */
export type Figure = number | ''

export interface Filter {
  attribute: string
  op: string
  value: Figure | string
}

export interface Form {
  name: string
  kind: Gift['kind']
  amount: Figure
  code: string
  lastDay: string
  budget: string
  budgetPoints: Figure
  unitCost: Figure
  audience: 'list' | 'condition'
  csv: string
  filters: Filter[]
  perMember: Figure
  inAll: Figure
  reason: string
}

/** What the simple filters offer: an attribute and whether it is a number. */
export const ATTRIBUTES: Readonly<Record<string, boolean>> = { tier: false, joined_channel: false, points: true, orders: true }
export const OPS: Readonly<Record<string, string>> = { eq: '=', ne: '≠', ge: '≥', le: '≤' }

/** Of what a member may get several. */
export const CAPPED: ReadonlySet<Form['kind']> = new Set<Form['kind']>(['points', 'coupons'])

export const opsOf = (attribute: string): string[] => (ATTRIBUTES[attribute] ? Object.keys(OPS) : ['eq', 'ne'])

export const empty = (): Form => ({
  name: '', kind: 'points', amount: 100, code: '', lastDay: '', budget: '', budgetPoints: '', unitCost: '',
  audience: 'list', csv: '', filters: [{ attribute: 'tier', op: 'eq', value: '' }], perMember: '', inAll: '', reason: '',
})

function giftOf(form: Form): Gift {
  const priced = form.unitCost === '' ? {} : { unit_cost_fen: form.unitCost }
  if (form.kind === 'coupons') return { kind: 'coupons', template: form.code, copies: Number(form.amount) }
  if (form.kind === 'benefit') return { kind: 'benefit', benefit: form.code, ...priced }
  if (form.kind === 'tier') return { kind: 'tier', tier: form.code, until: form.lastDay, ...priced }
  return {
    kind: 'points',
    points: Number(form.amount),
    ...(form.lastDay ? { expires_on: form.lastDay } : {}),
    ...(form.budget ? { budget: form.budget } : {}),
  }
}

const conditionOf = (filters: readonly Filter[]): Record<string, unknown> => ({
  type: 'all',
  of: filters.map(({ attribute, op, value }) => ({
    type: 'compare',
    attribute,
    op,
    value: ATTRIBUTES[attribute] ? Number(value) : value,
  })),
})

export function asked(form: Form): NewBulkGrant {
  return {
    name: form.name,
    gift: giftOf(form),
    audience:
      form.audience === 'list'
        ? { kind: 'list', csv: form.csv }
        : { kind: 'condition', condition: conditionOf(form.filters) as Record<string, never> },
    reason: form.reason,
    ...(form.perMember === '' || !CAPPED.has(form.kind) ? {} : { per_member: form.perMember }),
    ...(form.inAll === '' ? {} : { in_all: form.inAll }),
    ...(form.budgetPoints === '' || form.kind !== 'points' || !form.budget ? {} : { budget_points: form.budgetPoints }),
  }
}
