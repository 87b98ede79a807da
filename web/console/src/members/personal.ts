/** What is typed to correct a member's personal data, and what is asked for with it. */
import type { Address } from '@huixiang/api'

import type { PersonalForm } from './requests'

export const FIELDS = ['name', 'phone', 'birthday', 'address'] as const
export type Field = (typeof FIELDS)[number]
export type Choice = 'keep' | 'change' | 'remove'
export const PARTS = ['province', 'city', 'district', 'street', 'postcode'] as const
const NEEDED: readonly (typeof PARTS)[number][] = ['province', 'city', 'street']

export interface Typed {
  choices: Record<Field, Choice>
  name: string
  phone: string
  birthday: string
  address: Record<(typeof PARTS)[number], string>
  reason: string
}

export const nothing = (): Typed => ({
  choices: { name: 'keep', phone: 'keep', birthday: 'keep', address: 'keep' },
  name: '',
  phone: '',
  birthday: '',
  address: { province: '', city: '', district: '', street: '', postcode: '' },
  reason: '',
})

/** A phone takes the place of the one that is there; it is taken off where identities are. */
export const choicesOf = (field: Field): Choice[] => (field === 'phone' ? ['keep', 'change'] : ['keep', 'change', 'remove'])

function given(typed: Typed, field: Field): boolean {
  if (typed.choices[field] !== 'change') return true
  return field === 'address' ? NEEDED.every((part) => typed.address[part].trim() !== '') : typed[field].trim() !== ''
}

/** Something is to change, all of it is there, and it says why. */
export const ready = (typed: Typed): boolean =>
  FIELDS.some((field) => typed.choices[field] !== 'keep') && FIELDS.every((field) => given(typed, field)) && typed.reason.trim() !== ''

export function formOf(typed: Typed): PersonalForm {
  const { choices } = typed
  const form: PersonalForm = { reason: typed.reason.trim() }
  if (choices.name !== 'keep') form.name = choices.name === 'remove' ? null : typed.name.trim()
  if (choices.birthday !== 'keep') form.birthday = choices.birthday === 'remove' ? null : typed.birthday
  if (choices.address !== 'keep') form.address = choices.address === 'remove' ? null : addressOf(typed)
  if (choices.phone === 'change') form.phone = typed.phone.trim()
  return form
}

function addressOf({ address }: Typed): Address {
  const said = PARTS.map((part) => [part, address[part].trim()]).filter(([, text]) => text !== '')
  return Object.fromEntries(said) as Address
}
