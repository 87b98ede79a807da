/** A delay as people say it, and the parts of a bar. */
import type { Delays } from '@huixiang/api'

export const COUNTS = ['in_2s', 'in_10s', 'in_1m', 'in_10m', 'in_1h', 'in_1d'] as const
export type CountName = (typeof COUNTS)[number]

interface Spoken {
  unit: 'seconds' | 'minutes' | 'minutesOnly' | 'hours' | 'hoursOnly'
  first: string
  rest: string
}

/** To a tenth below ten seconds, else in whole units, the smaller one left out where there is none; cut off, not rounded. */
export function spoken(ms: number): Spoken {
  const tenths = Math.floor(ms / 100)
  const seconds = Math.floor(ms / 1_000)
  if (seconds < 10) return { unit: 'seconds', first: `${Math.floor(tenths / 10)}.${tenths % 10}`, rest: '' }
  if (seconds < 60) return { unit: 'seconds', first: String(seconds), rest: '' }
  const [large, small] = seconds < 3_600 ? (['minutes', 1] as const) : (['hours', 60] as const)
  const rest = Math.floor(seconds / small) % 60
  return { unit: rest ? large : `${large}Only`, first: String(Math.floor(seconds / (60 * small))), rest: String(rest) }
}

/** The parts of a bar that there are, in order, with where each begins: in whole numbers of its orders. */
export function parts(delays: Delays): { name: CountName; from: number; orders: number }[] {
  let from = 0
  const found = []
  for (const name of COUNTS) {
    const orders = delays[name]
    if (orders) found.push({ name, from, orders })
    from += orders
  }
  return found
}
