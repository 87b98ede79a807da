/** This phone's time in milliseconds, to the second, as long as the component that asked for it is shown. */
import { onScopeDispose, readonly, ref, type Ref } from 'vue'

const EVERY_MS = 1000

export function useNow(): Readonly<Ref<number>> {
  const now = ref(Date.now())
  const look = (): void => {
    now.value = Date.now()
  }
  const timer = setInterval(look, EVERY_MS)
  // A phone that slept has not counted.
  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
  })
  return readonly(now)
}
