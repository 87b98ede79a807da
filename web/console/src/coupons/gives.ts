/** What a copy does, in words, by its rule in the promotions. */
import { format, type Words } from '@huixiang/shared'

interface Step {
  at?: number
  off_fen?: number
  rate_bp?: number
}
interface Effect extends Step {
  type?: string
  steps?: Step[]
  max_off_fen?: number | null
  price_fen?: number
  pieces?: number
  fee_fen?: number
}
interface Rule {
  code?: string
  layer?: string
  count?: string
  effect?: Effect
}

/** Basis points as a share of the price: 9500 gives "95", 8850 "88.5". */
const percent = (bp: number): string => {
  const rest = String(bp % 100).padStart(2, '0').replace(/0+$/, '')
  return `${Math.floor(bp / 100)}${rest && `.${rest}`}`
}

/** Null where the promotions in force have no such rule. */
export function givesOf(rules: unknown, code: string, { t }: Pick<Words, 't'>): string | null {
  const rule = Array.isArray(rules) ? (rules as Rule[]).find((one) => one.code === code && one.layer === 'coupon') : undefined
  const effect = rule?.effect
  if (!effect) return null
  const from = (at: number | undefined, text: string): string => {
    if (!at) return text
    return rule.count === 'pieces' ? t('gives.fromPieces', { count: at, what: text }) : t('gives.from', { amount: format.yuanShort(at), what: text })
  }
  const step = ({ at, off_fen, rate_bp }: Step): string =>
    from(at, rate_bp === undefined ? t('gives.off', { amount: format.yuanShort(off_fen ?? 0) }) : t('gives.rate', { percent: percent(rate_bp) }))
  switch (effect.type) {
    case 'off':
      return (effect.steps ?? []).map(step).join(t('gives.and'))
    case 'rate': {
      const rates = (effect.steps ?? []).map(step).join(t('gives.and'))
      return effect.max_off_fen ? t('gives.atMost', { what: rates, amount: format.yuanShort(effect.max_off_fen) }) : rates
    }
    case 'exchange':
      return from(effect.at, t('gives.exchange', { amount: format.yuanShort(effect.price_fen ?? 0), count: effect.pieces ?? 1 }))
    case 'fee':
      return from(effect.at, effect.fee_fen ? t('gives.fee', { amount: format.yuanShort(effect.fee_fen) }) : t('gives.free'))
    case 'fee_off':
      return from(effect.at, t('gives.feeOff', { amount: format.yuanShort(effect.off_fen ?? 0) }))
    default:
      return from(effect.at, t('gives.gift'))
  }
}
