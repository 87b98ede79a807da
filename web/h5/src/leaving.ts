/** Signing out of this device: the server ends the session, and the browser forgets what the pages kept of it. */
import { answer } from '@huixiang/api'
import { keepPreferences } from '@huixiang/shared'

import { signOutEverywhere } from './access'
import { api } from './queries'
import { leave } from './token'

/** Ends here whatever the server says: who signs out without a network is signed out of this browser all the same. */
export async function signOut(): Promise<void> {
  const keep = keepPreferences()
  try {
    await answer(api.DELETE('/api/member/v1/me/session'))
  } catch {
    // A session that the server could not be told of runs out by itself, and stands in the list of devices.
  } finally {
    leave()
    keep()
  }
}

/** Every device, this one too; where the server could not be told, nothing ends and the error is thrown. */
export async function signOutOfAll(): Promise<void> {
  const keep = keepPreferences()
  await signOutEverywhere()
  leave()
  keep()
}
