/** Passkeys between the server and the browser: what the server asks with, and what the browser's device answers. */
import type { StaffPasskeyOptions, StaffPasskeyProof } from '@huixiang/api'

/** The browser made or showed none: the person called it off, or it has none that fits. */
export class NoPasskey extends Error {}

export const canPasskey = (): boolean =>
  'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential

export interface Made {
  credential_id: string
  client_data_json: string
  attestation_object: string
}

/** Raises NoPasskey. */
export async function makePasskey({ public_key }: StaffPasskeyOptions): Promise<Made> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(public_key as unknown as PublicKeyCredentialCreationOptionsJSON)
  const { id, response } = await answered(navigator.credentials.create({ publicKey }))
  return { credential_id: id, client_data_json: said(response['clientDataJSON']), attestation_object: said(response['attestationObject']) }
}

/** Raises NoPasskey. */
export async function showPasskey({ public_key }: StaffPasskeyOptions): Promise<StaffPasskeyProof> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(public_key as unknown as PublicKeyCredentialRequestOptionsJSON)
  const { id, response } = await answered(navigator.credentials.get({ publicKey }))
  return {
    credential_id: id,
    client_data_json: said(response['clientDataJSON']),
    authenticator_data: said(response['authenticatorData']),
    signature: said(response['signature']),
    user_handle: said(response['userHandle']),
  }
}

interface Credential {
  id: string
  response: Record<string, unknown>
}

async function answered(call: Promise<unknown>): Promise<Credential> {
  const credential = await call.catch(() => null)
  if (credential === null) throw new NoPasskey()
  return (credential as PublicKeyCredential).toJSON() as unknown as Credential
}

const said = (value: unknown): string => (typeof value === 'string' ? value : '')
