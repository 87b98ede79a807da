/** What a reader chose of the pages, which signing out leaves as it is though the browser forgets the rest. */
const KEPT = ['huixiang.locale', 'huixiang.theme']

/** Call it before signing out, and what it gives once the server has answered, which has the browser forget. */
export function keepPreferences(): () => void {
  const chosen = KEPT.map((key) => [key, localStorage.getItem(key)] as const)
  return () => {
    for (const [key, value] of chosen) if (value !== null) localStorage.setItem(key, value)
  }
}
