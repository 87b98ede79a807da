/** The last days, as the server sums them: 92 at most. */
import { before, today } from '../payments/days'
import type { Span } from './queries'

export const SPANS = [7, 30, 90] as const
export const spanOf = (days: number): Span => ({ first: before(today(), days - 1), last: today() })
