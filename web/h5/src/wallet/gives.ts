/** What a coupon gives and until when it is good, in words. Amounts are fen, rates basis points; nothing is a float. */
import type { WalletCoupon } from '@huixiang/api'
import { format, type Locale, type Words } from '@huixiang/shared'

type Gives = NonNullable<WalletCoupon['gives']>
type Say = Words['t']

const DAY_MS = 86_400_000
const SOON_DAYS = 3

/** Basis points as they are read: Chinese tells tenths that are paid (9500 is 9.5), English percent that is off (5%). */
export function rate(bp: number, locale: Locale): string {
  const [value, whole] = locale === 'zh' ? [bp, 1000] : [10_000 - bp, 100]
  const rest = String(value % whole).padStart(String(whole).length - 1, '0').replace(/0+$/, '')
  return `${Math.floor(value / whole)}${rest && `.${rest}`}`
}

/** The large figure of a coupon, and the word beside it. Of several steps the last one, which gives most. */
export function figure(gives: Gives | null, t: Say, locale: Locale): { large: string; small: string } {
  const most = gives?.steps.at(-1)
  switch (gives?.kind) {
    case 'off':
      return { large: format.yuanShort(most?.off_fen ?? 0), small: t(gives.steps.length > 1 ? 'wallet.atMost' : 'wallet.off') }
    case 'rate':
      return { large: t('wallet.rate', { rate: rate(most?.rate_bp ?? 10_000, locale) }), small: t('wallet.rateOff') }
    case 'exchange':
      return { large: format.yuanShort(gives.price_fen ?? 0), small: t('wallet.exchange') }
    case 'fee':
      return gives.fee_fen === 0
        ? { large: t('wallet.free'), small: t('wallet.delivery') }
        : { large: format.yuanShort(gives.fee_fen ?? 0), small: t('wallet.deliveryAt') }
    case 'fee_off':
      return { large: format.yuanShort(gives.off_fen ?? 0), small: t('wallet.deliveryOff') }
    case 'gift':
      return { large: t('wallet.gift'), small: t('wallet.giftOver') }
    default:
      return { large: '—', small: '' }
  }
}

const from = (gives: Gives, at: number, t: Say): string =>
  gives.counts === 'pieces' ? t('wallet.pieces', { count: at }) : format.yuanShort(at)

/** From which sum on it is good, and what each step gives. */
export function threshold(gives: Gives, t: Say, locale: Locale): string {
  if (gives.steps.length > 1) {
    const each = gives.steps.map((step) => {
      const gain = step.off_fen === null ? t('wallet.rate', { rate: rate(step.rate_bp ?? 10_000, locale) }) : format.yuanShort(step.off_fen)
      return t('wallet.step', { from: from(gives, step.at, t), gain })
    })
    return each.join(t('wallet.comma'))
  }
  const first = gives.at === 0 ? t('wallet.noThreshold') : t('wallet.from', { from: from(gives, gives.at, t) })
  const more = [
    gives.max_off_fen === null ? '' : t('wallet.max', { most: format.yuanShort(gives.max_off_fen) }),
    gives.repeats ? t('wallet.repeats') : '',
    (gives.pieces ?? 1) > 1 ? t('wallet.upTo', { count: gives.pieces }) : '',
  ]
  return [first, ...more].filter(Boolean).join(t('wallet.comma'))
}

/** An end at midnight is the end of the day before, which is what people know. */
export function until(end: string, t: Say, locale: Locale): string {
  const last = format.businessDay(new Date(Date.parse(end) - 1))
  const whole = format.endOfDay(last).getTime() === Date.parse(end)
  return t('wallet.until', { end: whole ? format.calendarDay(last, locale) : format.moment(end, locale) })
}

/** How near its end is, in the last days; empty before. */
export function soon(end: string, t: Say, now = new Date()): string {
  const last = Date.parse(format.businessDay(new Date(Date.parse(end) - 1)))
  const days = Math.round((last - Date.parse(format.businessDay(now))) / DAY_MS)
  if (days < 0 || days > SOON_DAYS) return ''
  return days === 0 ? t('wallet.today') : t('wallet.days', { days })
}
