/**
 * Every figure on screen goes through here. Money arrives as whole fen and is laid out from its digits, so no
 * floating-point value ever stands between the ledger and the reader.
 */
import type { Locale } from './i18n'

/** The business time zone, as the program that serves the page names it. */
export const BUSINESS_ZONE = globalThis.document?.documentElement.dataset.timeZone ?? 'Asia/Shanghai'

const MINUS = '\u2212'
const TAGS: Record<Locale, string> = { zh: 'zh-CN', en: 'en-GB' }

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A whole number with thousands separators: 155848 gives "155,848". */
export function count(value: number): string {
  const digits = grouped(BigInt(Math.abs(value)).toString())
  return value < 0 ? MINUS + digits : digits
}

/** A change with its sign: 120 gives "+120", 0 gives "0". */
export function signed(value: number): string {
  return value > 0 ? `+${count(value)}` : count(value)
}

/** Whole fen as yuan: 123450 gives "¥1,234.50". */
export function yuan(fen: number): string {
  const digits = BigInt(Math.abs(fen)).toString().padStart(3, '0')
  return `${fen < 0 ? MINUS : ''}¥${grouped(digits.slice(0, -2))}.${digits.slice(-2)}`
}

/** Whole fen as yuan, with the fen left out when there are none: a threshold of 200000 gives "¥2,000". */
export function yuanShort(fen: number): string {
  const text = yuan(fen)
  return text.endsWith('.00') ? text.slice(0, -3) : text
}

/** What a line's quantity says in its measure: grams as "1.25 kg" or "500 g", pieces as "2"; an amount counts nothing. */
export function quantity(value: number, measure: 'piece' | 'gram' | 'amount'): string {
  if (measure === 'amount') return '—'
  if (measure === 'piece') return count(value)
  if (value < 1000) return `${count(value)} g`
  const thousandths = String(value % 1000).padStart(3, '0').replace(/0+$/, '')
  return `${count(Math.floor(value / 1000))}${thousandths && `.${thousandths}`} kg`
}

/** Share of a whole in percent, always with one decimal so that columns align, by whole-number arithmetic: (1, 3) gives "33.3%". */
export function share(part: number, whole: number): string {
  if (whole <= 0) return '0.0%'
  const tenths = Math.floor((part * 2000 + whole) / (2 * whole))
  return `${Math.floor(tenths / 10)}.${tenths % 10}%`
}

/** Progress from 0 to 100 as a whole number, never 100 before the end is reached. */
export function percent(done: number, total: number): number {
  if (total <= 0) return 0
  return Math.max(0, Math.min(100, Math.floor((done * 100) / total)))
}

/** A member number in groups of four, as it is read aloud. */
export function memberNumber(number: string): string {
  return number.replace(/(.{4})(?=.)/g, '$1 ')
}

/** A UTC instant as a day in the business time zone. */
export function day(instant: string, locale: Locale, zone: string = BUSINESS_ZONE): string {
  return new Intl.DateTimeFormat(TAGS[locale], { dateStyle: 'medium', timeZone: zone }).format(new Date(instant))
}

/** A UTC instant as day and minute in the business time zone. */
export function moment(instant: string, locale: Locale, zone: string = BUSINESS_ZONE): string {
  const style = { dateStyle: 'medium', timeStyle: 'short', timeZone: zone } as const
  return new Intl.DateTimeFormat(TAGS[locale], style).format(new Date(instant))
}

/** The business day of an instant, as the server writes days: "2026-01-31". */
export function businessDay(instant: Date, zone: string = BUSINESS_ZONE): string {
  const parts = new Intl.DateTimeFormat('en', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone })
  const part = Object.fromEntries(parts.formatToParts(instant).map(({ type, value }) => [type, value]))
  return `${part['year']}-${part['month']}-${part['day']}`
}

/** The instant at which a business day ("2026-01-31") is over. */
export function endOfDay(day: string, zone: string = BUSINESS_ZONE): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`) + 86_400_000
  const first = midnight - offset(midnight, zone)
  return new Date(midnight - offset(first, zone))
}

/** By how many milliseconds a zone is ahead of UTC at an instant. */
function offset(instant: number, zone: string): number {
  const name = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).format(instant)
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000
}

/** A calendar day ("2026-01-31"), which belongs to no time zone. */
export function calendarDay(date: string, locale: Locale): string {
  return day(`${date}T00:00:00Z`, locale, 'UTC')
}

/** A calendar month ("2026-01"); `short` leaves the year out. */
export function calendarMonth(month: string, locale: Locale, short = false): string {
  const style = short
    ? ({ month: 'short', timeZone: 'UTC' } as const)
    : ({ year: 'numeric', month: 'short', timeZone: 'UTC' } as const)
  return new Intl.DateTimeFormat(TAGS[locale], style).format(new Date(`${month}-01T00:00:00Z`))
}

/** Large figures on an axis: 1234567 gives "123万" or "1.2M". Rounded, for axes alone. */
export function axis(value: number, locale: Locale): string {
  return new Intl.NumberFormat(TAGS[locale], { notation: 'compact', maximumFractionDigits: 1 }).format(value)
}
