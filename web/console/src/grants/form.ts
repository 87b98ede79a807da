/** The form of a new grant, and what it asks for. */
import type { Gift, NewGrant } from './queries'

export interface Filter {
  attribute: string
  op: string
  value: string
}

export interface Form {
  name: string
  kind: Gift['kind']
  amount: string
  code: string
  lastDay: string
  budget: string
  budgetPoints: string
  unitCost: string
  audience: 'list' | 'condition'
  csv: string
  filters: Filter[]
  perMember: string
  inAll: string
  reason: string
}

/** What the simple filters offer: an attribute and whether it is a number. */
export const ATTRIBUTES: Readonly<Record<string, boolean>> = { tier: false, joined_channel: false, points: true, orders: true }
export const OPS: Readonly<Record<string, string>> = { eq: '=', ne: '≠', ge: '≥', le: '≤' }

export const opsOf = (attribute: string): string[] => (ATTRIBUTES[attribute] ? Object.keys(OPS) : ['eq', 'ne'])

export const empty = (): Form => ({
  name: '', kind: 'points', amount: '100', code: '', lastDay: '', budget: '', budgetPoints: '', unitCost: '',
  audience: 'list', csv: '', filters: [{ attribute: 'tier', op: 'eq', value: '' }], perMember: '', inAll: '', reason: '',
})

const number = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text))

function giftOf(form: Form): Gift {
  const cost = number(form.unitCost)
  const priced = cost === undefined ? {} : { unit_cost_fen: cost }
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

export function asked(form: Form): NewGrant {
  const [perMember, inAll, budgetPoints] = [number(form.perMember), number(form.inAll), number(form.budgetPoints)]
  return {
    name: form.name,
    gift: giftOf(form),
    audience:
      form.audience === 'list'
        ? { kind: 'list', csv: form.csv }
        : { kind: 'condition', condition: conditionOf(form.filters) },
    reason: form.reason,
    ...(perMember === undefined ? {} : { per_member: perMember }),
    ...(inAll === undefined ? {} : { in_all: inAll }),
    ...(budgetPoints === undefined || form.kind !== 'points' || !form.budget ? {} : { budget_points: budgetPoints }),
  }
}
