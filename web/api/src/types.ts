/** Short names for the shapes of the OpenAPI document. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Account = Schemas['ShownAccount']
export type Adjustment = Schemas['PointsAdjustment']
export type Approval = Schemas['Approval']
export type Attribution = Schemas['Attribution']
export type AuditDetail = Schemas['AuditDetail']
export type AuditEntry = Schemas['ShownEntry']
export type AuditRoot = Schemas['ShownRoot']
export type Balance = Schemas['Balance']
export type CardCode = Schemas['CardCode']
export type ImportProgress = Schemas['ImportProgress']
export type KeyTerms = Schemas['KeyTerms']
export type KnownProfile = Schemas['ShownProfile']
export type InboxMessage = Schemas['InboxMessage']
export type MemberCard = Schemas['MemberCard']
export type MemberFacts = Schemas['Facts']
export type MemberState = Schemas['State']
export type Merge = Schemas['Merge']
export type MessageProof = Schemas['MessageProof']
export type MessageRow = Schemas['MessageRow']
export type OneTimeCode = Schemas['OneTimeCode']
export type OpenSession = Schemas['OpenSession']
export type Order = Schemas['Order']
export type OrderSummary = Schemas['OrderSummary']
export type Refund = Schemas['Refund']
export type Overview = Schemas['Overview']
export type Popup = Schemas['Popup']
export type Popups = Schemas['Popups']
export type Posting = Schemas['StatementLine']
export type Revealed = Schemas['Revealed']
export type Session = Schemas['SessionView']
export type ShownKey = Schemas['ShownKey']
export type StateChange = Schemas['StateChange']
export type StateChoices = Schemas['StateChoices']
export type SunkMessage = Schemas['SunkMessage']
export type SystemKey = Schemas['SystemKey']
export type TierProgress = Schemas['TierProgress']
export type Unread = Schemas['Unread']

/** One page of a list; `next_cursor` is null on the last. */
export interface Page<Item> {
  items: Item[]
  next_cursor?: string | null
}
