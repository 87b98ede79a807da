/** One's own account at the console: sessions, passkeys, the password. */
import { ApiError, answer, type ConsoleWaysIn, type OpenSession, type StaffPasskey } from '@huixiang/api'
import { useQuery, useQueryClient } from '@tanstack/vue-query'

import { api, csrf } from '../api'
import { makePasskey, showPasskey } from './webauthn'

const header = () => ({ header: csrf() })

export const useWays = () =>
  useQuery({
    queryKey: ['ways'],
    queryFn: ({ signal }): Promise<ConsoleWaysIn> => answer(api.GET('/api/console/v1/session/ways', { signal })),
    staleTime: Infinity,
  })

export const useOwnSessions = () =>
  useQuery({
    queryKey: ['me', 'sessions'],
    queryFn: ({ signal }): Promise<OpenSession[]> => answer(api.GET('/api/console/v1/me/sessions', { signal })),
  })

export const useOwnPasskeys = () =>
  useQuery({
    queryKey: ['me', 'passkeys'],
    queryFn: ({ signal }): Promise<StaffPasskey[]> => answer(api.GET('/api/console/v1/me/passkeys', { signal })),
  })

/** The server asks for the password and a second factor again. */
export const needsProof = (error: unknown): boolean => error instanceof ApiError && error.code === 'proof_needed'

export async function prove(password: string, code: string): Promise<void> {
  await answer(api.POST('/api/console/v1/me/proof', { params: header(), body: { password, code } }))
}

/** The same with a passkey in place of the code. Raises NoPasskey. */
export async function proveByPasskey(password: string): Promise<void> {
  const passkey = await showPasskey(await answer(api.POST('/api/console/v1/session/passkey/options')))
  await answer(api.POST('/api/console/v1/me/proof', { params: header(), body: { password, passkey } }))
}

function endSession(sessionId: string): Promise<unknown> {
  const params = { path: { session_id: sessionId }, ...header() }
  return answer(api.DELETE('/api/console/v1/me/sessions/{session_id}', { params }))
}

export function useOwnCommands() {
  const queryClient = useQueryClient()
  async function then<Made>(call: Promise<Made>): Promise<Made> {
    const made = await call
    await queryClient.invalidateQueries({ queryKey: ['me'] })
    return made
  }
  const one = (passkeyId: string) => ({ path: { passkey_id: passkeyId }, ...header() })
  return {
    end: (sessionId: string) => then(endSession(sessionId)),
    /** The one that asks: nothing is asked for anew. */
    endHere: endSession,
    endOthers: async (): Promise<number> =>
      (await then(answer(api.DELETE('/api/console/v1/me/sessions', { params: header() })))).sessions,
    /** Raises NoPasskey. */
    add: async (name: string): Promise<StaffPasskey> => {
      const made = await makePasskey(await answer(api.POST('/api/console/v1/me/passkeys/options', { params: header() })))
      return then(answer(api.POST('/api/console/v1/me/passkeys', { params: header(), body: { ...made, name } })))
    },
    rename: (passkeyId: string, name: string): Promise<StaffPasskey> =>
      then(answer(api.PATCH('/api/console/v1/me/passkeys/{passkey_id}', { params: one(passkeyId), body: { name } }))),
    remove: (passkeyId: string) =>
      then(answer(api.DELETE('/api/console/v1/me/passkeys/{passkey_id}', { params: one(passkeyId) }))),
    changePassword: async (password: string): Promise<number> =>
      (await then(answer(api.POST('/api/console/v1/me/password', { params: header(), body: { password } })))).sessions,
  }
}
