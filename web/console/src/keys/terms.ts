/** The terms of a key as a form holds them. */
import type { KeyTerms, SystemKey } from '@huixiang/api'
import { format } from '@huixiang/shared'

export interface TermsForm {
  name: string
  scopes: string[]
  addresses: string
  lastDay: string
  rate: string
}

export const noTerms = (): TermsForm => ({ name: '', scopes: [], addresses: '', lastDay: '', rate: '' })

/** The last whole business day on which a key is let in is the one before its end. */
export function formOf(key: SystemKey): TermsForm {
  return {
    name: key.name,
    scopes: [...key.scopes],
    addresses: key.addresses.join('\n'),
    lastDay: key.expires_at === null ? '' : format.businessDay(new Date(Date.parse(key.expires_at) - 1)),
    rate: key.requests_per_minute === null ? '' : String(key.requests_per_minute),
  }
}

export function termsOf(form: TermsForm): Required<KeyTerms> {
  return {
    name: form.name.trim(),
    scopes: form.scopes,
    addresses: form.addresses.split(/[\s,;]+/).filter(Boolean),
    expires_at: form.lastDay ? format.endOfDay(form.lastDay).toISOString() : null,
    requests_per_minute: form.rate ? Number(form.rate) : null,
  }
}

export const isWhole = (form: TermsForm): boolean => form.name.trim().length > 0 && form.scopes.length > 0
