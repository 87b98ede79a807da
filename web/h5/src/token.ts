/**
 * What the page signs its requests with. Either the retailer's app opened it with an access token in the address's
 * fragment, which no server sees: that is kept for this tab alone, and taken out of the address bar at once. Or the
 * member signed in here: then a refresh token is kept with it, until they sign out.
 */
import type { Tokens } from '@huixiang/api'
import { readonly, ref, type Ref } from 'vue'

const LINK = 'huixiang.token'
const SESSION = 'huixiang.session'
const REFRESH = '/api/member/v1/sign-in/refresh'
const held = ref<string | null>(null)
const refused = ref(false)

type Kept = Pick<Tokens, 'access_token' | 'refresh_token'>

function kept(): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(SESSION) ?? 'null') as Kept | null
  } catch {
    return null
  }
}

export function takeToken(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given) sessionStorage.setItem(LINK, given)
  if (location.hash) history.replaceState(history.state, '', location.pathname + location.search)
  held.value = sessionStorage.getItem(LINK) ?? kept()?.access_token ?? null
}

export function keepSession({ access_token, refresh_token }: Kept): void {
  sessionStorage.removeItem(LINK)
  localStorage.setItem(SESSION, JSON.stringify({ access_token, refresh_token }))
  held.value = access_token
  refused.value = false
}

/** The member has signed out, or wants to sign in: forget the token without saying that it was refused. */
export function leave(): void {
  sessionStorage.removeItem(LINK)
  localStorage.removeItem(SESSION)
  held.value = null
  refused.value = false
}

/** The server no longer takes the token: forget it. */
export function dropToken(): void {
  leave()
  refused.value = true
}

/** Whether there is a token by now that is not the one that was refused. Another tab may have got it. */
export async function renewed(used: string): Promise<boolean> {
  if (sessionStorage.getItem(LINK) !== null) return false
  if (!('locks' in navigator)) return renew(used)
  return navigator.locks.request(SESSION, () => renew(used))
}

async function renew(used: string): Promise<boolean> {
  const now = kept()
  if (now === null) return false
  if (now.access_token !== used) {
    held.value = now.access_token
    return true
  }
  const body = JSON.stringify({ refresh_token: now.refresh_token })
  const answer = await fetch(REFRESH, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
  if (!answer.ok) return false
  keepSession((await answer.json()) as Tokens)
  return true
}

export const token: Readonly<Ref<string | null>> = readonly(held)
/** True once the server has refused a token: it was good and has run out. */
export const expired: Readonly<Ref<boolean>> = readonly(refused)
