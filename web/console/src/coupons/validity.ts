/** Until when a copy is good, and how copies are had, in words. */
import type { PublishedTemplate } from '@huixiang/api'
import { format, type Words } from '@huixiang/shared'

type Says = Pick<Words, 't' | 'word' | 'locale'>

export const validityOf = ({ until, days }: PublishedTemplate, { t, locale }: Says): string =>
  until === null ? t('coupons.forDays', { count: days ?? 0 }) : t('coupons.untilDay', { day: format.calendarDay(until, locale.value) })

export const WAYS = ['claim', 'public', 'codes', 'grant'] as const

export function waysOf(one: PublishedTemplate): (typeof WAYS)[number][] {
  const open = { claim: one.claim, public: one.public_code !== null, codes: one.codes, grant: one.grant }
  return WAYS.filter((way) => open[way])
}
