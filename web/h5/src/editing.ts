/** A profile that is being edited: what was saved, what stands in the fields, and what of it is to be sent. */
import type { Address, Profile, ProfileChanges, ShownAttribute } from '@huixiang/api'

import type { AttributeValue } from './profile'

export type Contact = Profile['contact'][number]
export type Delivery = NonNullable<Profile['delivery']>
export interface Draft {
  name: string
  birthday: string
  address: { province: string; city: string; district: string; street: string; postcode: string }
  favourite_categories: string[]
  household: string
  delivery: Delivery | null
  contact: Contact[]
}

export function draftOf(profile: Profile): Draft {
  const { address } = profile
  return {
    name: profile.name ?? '',
    birthday: profile.birthday ?? '',
    address: {
      province: address?.province ?? '',
      city: address?.city ?? '',
      district: address?.district ?? '',
      street: address?.street ?? '',
      postcode: address?.postcode ?? '',
    },
    favourite_categories: [...profile.favourite_categories],
    household: profile.household === null ? '' : String(profile.household),
    delivery: profile.delivery,
    contact: [...profile.contact],
  }
}

/** Null where nothing stands in it; undefined where parts of it are missing. */
export function addressOf(draft: Draft['address']): Address | null | undefined {
  const given = Object.fromEntries(
    Object.entries(draft)
      .map(([part, text]) => [part, text.trim()] as const)
      .filter(([, text]) => text !== ''),
  )
  if (Object.keys(given).length === 0) return null
  if (!given['province'] || !given['city'] || !given['street']) return undefined
  return given as unknown as Address
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** The fields that are not as they were saved. */
export function changesOf(profile: Profile, draft: Draft): ProfileChanges {
  const before = draftOf(profile)
  const changed = (field: keyof Draft): boolean => !same(before[field], draft[field])
  return {
    ...(changed('name') && { name: draft.name.trim() || null }),
    ...(changed('birthday') && { birthday: draft.birthday || null }),
    ...(changed('address') && { address: addressOf(draft.address) ?? null }),
    ...(changed('favourite_categories') && { favourite_categories: draft.favourite_categories }),
    ...(changed('household') && { household: draft.household === '' ? null : Number(draft.household) }),
    ...(changed('delivery') && { delivery: draft.delivery }),
    ...(changed('contact') && { contact: draft.contact }),
  }
}

/** Values that are not as they were saved; of what is not theirs to set there is none. */
export function changedValues(
  attributes: readonly ShownAttribute[],
  values: Readonly<Record<string, AttributeValue>>,
): Record<string, AttributeValue> {
  const given = (value: AttributeValue): AttributeValue => (Array.isArray(value) && value.length === 0 ? null : value)
  return Object.fromEntries(
    attributes
      .filter((one) => one.writable && one.code in values && !same(given(values[one.code] ?? null), given(one.value)))
      .map((one) => [one.code, given(values[one.code] ?? null)]),
  )
}
