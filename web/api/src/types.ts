/** Short names for the shapes of the OpenAPI document. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Balance = Schemas['Balance']
export type CardCode = Schemas['CardCode']
export type ImportProgress = Schemas['ImportProgress']
export type MemberCard = Schemas['MemberCard']
export type MessageRow = Schemas['MessageRow']
export type OneTimeCode = Schemas['OneTimeCode']
export type Order = Schemas['Order']
export type OrderSummary = Schemas['OrderSummary']
export type Refund = Schemas['Refund']
export type Overview = Schemas['Overview']
export type Posting = Schemas['StatementLine']
export type Session = Schemas['SessionView']
export type SunkMessage = Schemas['SunkMessage']
export type TierProgress = Schemas['TierProgress']

/** One page of a list; `next_cursor` is null on the last. */
export interface Page<Item> {
  items: Item[]
  next_cursor?: string | null
}
