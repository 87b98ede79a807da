/**
 * The member's token. It comes in the address's fragment, which no server sees; it is kept for this tab alone and taken
 * out of the address bar at once, so that neither history nor a shared link carries it.
 */
import { readonly, ref, type Ref } from 'vue'

const KEY = 'huixiang.token'
const held = ref<string | null>(null)
const refused = ref(false)

export function takeToken(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given) sessionStorage.setItem(KEY, given)
  if (location.hash) history.replaceState(history.state, '', location.pathname + location.search)
  held.value = sessionStorage.getItem(KEY)
}

/** The server no longer takes the token: forget it. */
export function dropToken(): void {
  sessionStorage.removeItem(KEY)
  held.value = null
  refused.value = true
}

export const token: Readonly<Ref<string | null>> = readonly(held)
/** True once the server has refused a token: the link was good and has run out. */
export const expired: Readonly<Ref<boolean>> = readonly(refused)
