/** Business days, as the server writes them. */
import { daysBefore, format } from '@huixiang/shared'

export const DAY_MS = 86_400_000

export const today = (): string => format.businessDay(new Date())

/** The instant at which a business day begins. */
export const startOf = (day: string): string => format.endOfDay(daysBefore(day, 1)).toISOString()
