/** The console's client: the session is a cookie, and what is sent carries the session's token against forgery. */
import { answer, createApi, type Session } from '@huixiang/api'
import { keepPreferences } from '@huixiang/shared'
import { queryOptions, useQuery, type QueryClient, type QueryKey } from '@tanstack/vue-query'

import { showPasskey } from './account/webauthn'

let csrfToken = ''

export const api = createApi(() => ({ 'Accept-Language': document.documentElement.lang }))

/** The header without which the server takes no change from this session. */
export const csrf = (): { 'X-CSRF-Token': string } => ({ 'X-CSRF-Token': csrfToken })

/** A key under which a command runs once, however often it is sent. `crypto.randomUUID` is missing on plain HTTP. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** The headers of a command: sent again with the same key, it is answered as it was the first time. */
export const command = (key: string): { 'X-CSRF-Token': string; 'Idempotency-Key': string } => ({
  ...csrf(),
  'Idempotency-Key': key,
})

/** What a command may have changed is asked for anew, whatever came of it: a refusal says that what is shown is old. */
export async function settled<Made>(queryClient: QueryClient, stale: QueryKey[], call: Promise<Made>): Promise<Made> {
  const anew = (): Promise<unknown> => Promise.all(stale.map((queryKey) => queryClient.invalidateQueries({ queryKey })))
  try {
    const made = await call
    await anew()
    return made
  } catch (error) {
    // Not waited for: without a network it would never be told.
    void anew()
    throw error
  }
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session> => keep(await answer(api.GET('/api/console/v1/session'))),
  staleTime: 5 * 60_000,
})

function keep(session: Session): Session {
  csrfToken = session.csrf_token
  return session
}

export interface SignInForm {
  username: string
  password: string
  code: string
}

/** Raises NoPasskey where the browser showed none. */
export async function signInByPasskey(queryClient: QueryClient): Promise<void> {
  const body = await showPasskey(await answer(api.POST('/api/console/v1/session/passkey/options')))
  const session = await answer<Session>(api.POST('/api/console/v1/session/passkey', { body }))
  queryClient.clear()
  queryClient.setQueryData(sessionQuery.queryKey, keep(session))
}

export async function signIn(queryClient: QueryClient, form: SignInForm): Promise<void> {
  const session = await answer<Session>(api.POST('/api/console/v1/session', { body: form }))
  queryClient.clear()
  queryClient.setQueryData(sessionQuery.queryKey, keep(session))
}

/** The session goes on, and may do what its person may. */
export async function choosePassword(queryClient: QueryClient, password: string): Promise<void> {
  await answer(api.POST('/api/console/v1/me/password', { params: { header: csrf() }, body: { password } }))
  await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
}

export async function signOut(queryClient: QueryClient): Promise<void> {
  const keep = keepPreferences()
  await answer(api.DELETE('/api/console/v1/session', { params: { header: csrf() } }))
  keep()
  forget(queryClient)
}

/** Drops everything that was read under the session. */
export function forget(queryClient: QueryClient): void {
  csrfToken = ''
  queryClient.clear()
}

/** What the person who is signed in may do. */
export function useMay(): (permission: string) => boolean {
  const { data: session } = useQuery(sessionQuery)
  return (permission) => session.value?.permissions.includes(permission) ?? false
}
