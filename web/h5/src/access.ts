/** Signing in, devices and passkeys: what the pages ask the server, and what its refusals mean in words. */
import {
  ApiError,
  answer,
  type CodeAsked,
  type Fresh,
  type FreshCodeAsked,
  type Passkey,
  type PasskeyOptions,
  type ProviderDoor,
  type ProviderOutcome,
  type SignedIn,
  type SignedInDevice,
  type WaysIn,
} from '@huixiang/api'
import { useQuery } from '@tanstack/vue-query'
import type { Words } from '@huixiang/shared'

import { api, mine } from './queries'

export type Provider = 'wechat' | 'alipay'

/** A code lives so long; the server tells when it ends and when another may be asked for, by its own clock. */
const CODE_LIFE_MS = 300_000

export const useWays = () =>
  useQuery({
    queryKey: ['ways'],
    queryFn: () => answer<WaysIn>(api.GET('/api/member/v1/sign-in/ways')),
    staleTime: Infinity,
  })

export const canPasskey = (): boolean => 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential

/** `until`: when another code may be asked for, by the clock of this phone. */
export type Waiting<Asked> = Asked & { until: number }

function waiting<Asked extends { expires_at: string; next_at: string }>(asked: Asked): Waiting<Asked> {
  const wait = CODE_LIFE_MS - (Date.parse(asked.expires_at) - Date.parse(asked.next_at))
  return { ...asked, until: Date.now() + wait }
}

export async function askCode(phone: string): Promise<Waiting<CodeAsked>> {
  return waiting(await answer<CodeAsked>(api.POST('/api/member/v1/sign-in/codes', { body: { phone } })))
}

export function enterByCode(challenge: string, phone: string, code: string, ticket: string | null): Promise<SignedIn> {
  const body = { challenge, phone, code, device: device(), ...(ticket === null ? {} : { ticket }) }
  return answer<SignedIn>(api.POST('/api/member/v1/sign-in', { body }))
}

export function joinAlone(ticket: string): Promise<SignedIn> {
  return answer<SignedIn>(api.POST('/api/member/v1/sign-in/ticket', { body: { ticket, device: device() } }))
}

const FLOW = 'huixiang.flow'

/** Sends the browser to a provider; it comes back to `/m/sign-in`. */
export async function visit(provider: Provider): Promise<void> {
  const return_to = location.pathname.startsWith('/m/') && !location.pathname.startsWith('/m/sign-in') ? location.pathname : '/m/'
  const door = await answer<ProviderDoor>(api.POST('/api/member/v1/sign-in/visits', { body: { provider, return_to } }))
  sessionStorage.setItem(FLOW, JSON.stringify({ provider, flow: door.flow }))
  location.assign(door.authorize_url)
}

/** code: null where the person agreed to nothing on the provider's page. */
export interface Return {
  provider: Provider
  flow: string
  code: string | null
  state: string
}

/** What a provider has sent the browser back with; null where it has not, or where this was answered already, as after
 * going back. It is taken out of the address bar. */
export function takeReturn(): Return | null {
  const query = new URLSearchParams(location.search)
  const code = query.get('code') ?? query.get('auth_code')
  const state = query.get('state')
  const kept = sessionStorage.getItem(FLOW)
  if (!location.pathname.startsWith('/m/sign-in') || state === null) return null
  sessionStorage.removeItem(FLOW)
  history.replaceState(history.state, '', location.pathname)
  if (kept === null) return null
  return { ...(JSON.parse(kept) as { provider: Provider; flow: string }), code, state }
}

export function enterByProvider(back: Return & { code: string }): Promise<ProviderOutcome> {
  return answer<ProviderOutcome>(api.POST('/api/member/v1/sign-in/provider', { body: { ...back, device: device() } }))
}

interface Assertion {
  id: string
  response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string }
}

/** A passkey of this phone answers a challenge. Null where the member looked away. */
async function assertion() {
  const { public_key } = await answer<PasskeyOptions>(api.POST('/api/member/v1/sign-in/passkey/options'))
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    public_key as unknown as PublicKeyCredentialRequestOptionsJSON,
  )
  const credential = await navigator.credentials.get({ publicKey }).catch(() => null)
  if (credential === null) return null
  const { id, response } = (credential as PublicKeyCredential).toJSON() as unknown as Assertion
  return {
    credential_id: id,
    client_data_json: response.clientDataJSON,
    authenticator_data: response.authenticatorData,
    signature: response.signature,
    user_handle: response.userHandle ?? '',
  }
}

export async function enterByPasskey(): Promise<SignedIn | null> {
  const proof = await assertion()
  if (proof === null) return null
  return answer<SignedIn>(api.POST('/api/member/v1/sign-in/passkey', { body: { ...proof, device: device() } }))
}

export const useDevices = () =>
  useQuery({
    queryKey: ['devices'],
    queryFn: ({ signal }) => mine<SignedInDevice[]>(api.GET('/api/member/v1/me/devices', { signal })),
    staleTime: 0,
  })

export const usePasskeys = () =>
  useQuery({
    queryKey: ['passkeys'],
    queryFn: ({ signal }) => mine<Passkey[]>(api.GET('/api/member/v1/me/passkeys', { signal })),
    staleTime: 0,
  })

export function signOutDevice(device_id: string): Promise<unknown> {
  return mine(api.DELETE('/api/member/v1/me/devices/{device_id}', { params: { path: { device_id } } }))
}

export const signOutEverywhere = (): Promise<unknown> => mine(api.DELETE('/api/member/v1/me/devices'))

export async function addPasskey(): Promise<Passkey | null> {
  const { public_key } = await mine<PasskeyOptions>(api.POST('/api/member/v1/me/passkeys/options'))
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    public_key as unknown as PublicKeyCredentialCreationOptionsJSON,
  )
  const credential = await navigator.credentials.create({ publicKey }).catch(() => null)
  if (credential === null) return null
  const { id, response } = (credential as PublicKeyCredential).toJSON() as unknown as {
    id: string
    response: { clientDataJSON: string; attestationObject: string }
  }
  const body = {
    credential_id: id,
    client_data_json: response.clientDataJSON,
    attestation_object: response.attestationObject,
    name: deviceName(),
  }
  const params = { header: { 'Idempotency-Key': id } }
  return mine<Passkey>(api.POST('/api/member/v1/me/passkeys', { params, body }))
}

export function removePasskey(passkey_id: string): Promise<unknown> {
  return mine(api.DELETE('/api/member/v1/me/passkeys/{passkey_id}', { params: { path: { passkey_id } } }))
}

export async function askFreshCode(): Promise<Waiting<FreshCodeAsked>> {
  return waiting(await mine<FreshCodeAsked>(api.POST('/api/member/v1/me/fresh/codes')))
}

export function proveByCode(challenge: string, code: string): Promise<Fresh> {
  return mine<Fresh>(api.POST('/api/member/v1/me/fresh', { body: { challenge, code } }))
}

export async function proveByPasskey(): Promise<Fresh | null> {
  const proof = await assertion()
  return proof === null ? null : mine<Fresh>(api.POST('/api/member/v1/me/fresh/passkey', { body: proof }))
}

export const needsFresh = (error: unknown): boolean => error instanceof ApiError && error.code === 'fresh_sign_in_required'

const REASONS = ['wrong', 'guessed', 'expired', 'used']

/** What went wrong, in words that say what to do. */
export function problem(error: unknown, t: Words['t']): string {
  if (!(error instanceof ApiError)) return t('signIn.problem.server')
  const said = error.fields
  switch (error.code) {
    case 'network':
      return t('signIn.problem.network')
    case 'sign_in_code_refused':
      return t(`signIn.problem.${REASONS.includes(String(said['reason'])) ? String(said['reason']) : 'wrong'}`)
    case 'sign_in_too_often':
    case 'too_many_requests':
      return t('signIn.problem.often', { wait: clock(Number(said['retry_after_s'] ?? 60)) })
    case 'member_state_refuses':
      return t('signIn.problem.locked')
    case 'identity_taken':
      return t('signIn.problem.taken')
    case 'input_invalid':
      return t('signIn.problem.phone')
    case 'provider_refused':
    case 'provider_unavailable':
      return t('signIn.problem.provider')
    case 'passkey_refused':
      return t('signIn.problem.passkey')
    default:
      return error.status < 500 && error.detail ? error.detail : t('signIn.problem.server')
  }
}

/** Seconds as 0:45 or 12:05. */
export function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function device() {
  return { kind: 'h5' as const, name: deviceName() }
}

/** What the member knows this device by. */
function deviceName(): string {
  const agent = navigator.userAgent
  const first = (kinds: [RegExp, string][], otherwise: string): string =>
    kinds.find(([pattern]) => pattern.test(agent))?.[1] ?? otherwise
  const machine = first(
    [
      [/iPhone/, 'iPhone'],
      [/iPad/, 'iPad'],
      [/Android/, 'Android'],
      [/Mac OS X/, 'Mac'],
      [/Windows/, 'Windows'],
    ],
    'Linux',
  )
  const browser = first(
    [
      [/MicroMessenger/, 'WeChat'],
      [/AlipayClient/, 'Alipay'],
      [/Edg/, 'Edge'],
      [/Firefox/, 'Firefox'],
      [/Chrome/, 'Chrome'],
    ],
    'Safari',
  )
  return `${machine} · ${browser}`
}
