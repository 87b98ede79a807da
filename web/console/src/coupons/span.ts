/** The last days, as the server sums them: 92 at most. */
import { daysBefore } from '@huixiang/shared'

import { today } from '../days'
import type { Span } from './queries'

export const SPANS = [7, 30, 90] as const
export const spanOf = (days: number): Span => ({ first: daysBefore(today(), days - 1), last: today() })
