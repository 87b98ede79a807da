/** What comes of completing or cancelling an order on its way, as far as it is known before. */
import type { WholeOrder } from '@huixiang/api'
import { format, type Words } from '@huixiang/shared'

import type { Act } from './queries'

/** What has to be paid before it can be completed. */
export const stillDue = ({ seen, outlook }: WholeOrder): number => (outlook && seen.payment === 'due' ? seen.cash_fen - outlook.give_back_fen : 0)

/** None where it is settled by now. */
export function consequences(order: WholeOrder, act: Act, t: Words['t'], word: Words['word']): string[] {
  const { seen, outlook, coupons, benefits } = order
  if (!outlook) return []
  const { give_back_fen: paid, void_fen: open, points_spent: spent, points_free: free, rule_uses: uses, stock, gifts } = outlook
  const say = (said: boolean | number, key: string, named: Record<string, string | number> = {}): string[] => (said ? [t(`settle.${key}`, named)] : [])
  const held = spent + free
  if (act === 'cancel')
    return [
      ...say(paid, 'giveBack', { sum: format.yuan(paid) }),
      ...say(open, 'void', { sum: format.yuan(open) }),
      ...say(!paid && !open, 'noMoney'),
      ...say(held, 'pointsBack', { count: held }),
      ...say(coupons.length, 'couponsBack', { count: coupons.length }),
      ...say(benefits.length, 'benefitsBack', { names: benefits.join(' · ') }),
      ...say(uses, 'usesBack', { count: uses }),
      ...say(stock, 'stockBack'),
      ...say(seen.state === 'fulfilled', 'goodsBack'),
    ]
  return [
    ...say(seen.payment === 'paid', 'paid', { sum: format.yuan(paid) }),
    ...say(seen.payment === 'none', 'nothingDue'),
    ...say(spent, 'pointsSpent', { count: spent }),
    ...say(free, 'pointsFree', { count: free }),
    ...say(coupons.length, 'couponsUsed', { count: coupons.length }),
    ...say(benefits.length, 'benefitsUsed', { names: benefits.join(' · ') }),
    ...gifts.map(({ kind, what, count }) => t('settle.gift', { gift: `${word('orderGift', kind)} ${kind === 'points' ? '' : what} × ${format.count(count)}` })),
    ...say(true, 'earns'),
  ]
}
