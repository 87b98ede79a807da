/** What a request comes to, in a few words. */
import type { Approval } from '@huixiang/api'
import { format, type Words } from '@huixiang/shared'

export const COMMANDS = [
  'points.adjust',
  'tiers.set',
  'tiers.end_manual',
  'members.change_personal',
  'members.link_identity',
  'members.unlink_identity',
  'members.export',
  'rulebook.publish',
  'rulebook.withdraw',
  'grants.give',
  'grants.undo',
  'coupons.make_codes',
  'staff.reset_totp',
] as const
export const STATES = ['waiting', 'granted', 'done', 'failed', 'refused', 'withdrawn', 'expired'] as const

/** "+5,000 points", "pricing/default"; nothing where neither says more than the command does. */
export function gist(approval: Approval, { t }: Pick<Words, 't'>): string {
  const points = approval.difference.find(({ path }) => path === '$.points')?.after
  if (typeof points === 'number') return `${format.signed(points)} ${t('points.unit')}`
  return approval.subject.startsWith('rule:') ? approval.subject.slice('rule:'.length) : ''
}

export function chipOf(state: Approval['state']): string {
  if (state === 'waiting') return 'warm'
  if (state === 'failed') return 'bad'
  return state === 'done' || state === 'granted' ? '' : 'dull'
}
