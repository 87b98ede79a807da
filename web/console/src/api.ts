/** The console's client: the session is a cookie, and what is sent carries the session's token against forgery. */
import { answer, createApi, type Session } from '@huixiang/api'
import { queryOptions, type QueryClient } from '@tanstack/vue-query'

let csrfToken = ''

export const api = createApi(() => ({ 'Accept-Language': document.documentElement.lang }))

/** The header without which the server takes no change from this session. */
export const csrf = (): { 'X-CSRF-Token': string } => ({ 'X-CSRF-Token': csrfToken })

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

export async function signIn(queryClient: QueryClient, form: SignInForm): Promise<void> {
  const session = await answer<Session>(api.POST('/api/console/v1/session', { body: form }))
  queryClient.clear()
  queryClient.setQueryData(sessionQuery.queryKey, keep(session))
}

export async function signOut(queryClient: QueryClient): Promise<void> {
  await answer(api.DELETE('/api/console/v1/session', { params: { header: csrf() } }))
  forget(queryClient)
}

/** Drops everything that was read under the session. */
export function forget(queryClient: QueryClient): void {
  csrfToken = ''
  queryClient.clear()
}
