/** Business days, as the server writes them. */
import { format } from '@huixiang/shared'

import { DAY_MS } from './queries'

export const today = (): string => format.businessDay(new Date())

/** A calendar day so many days before. */
export const before = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10)

/** The instant at which a business day begins. */
export const startOf = (day: string): string => format.endOfDay(before(day, 1)).toISOString()
