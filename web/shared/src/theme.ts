/** Light or dark: what the system asks for until the reader says otherwise. */
import { ref, watchEffect, computed, type ComputedRef, type Ref } from 'vue'

export type ThemeChoice = 'auto' | 'light' | 'dark'

const KEY = 'huixiang.theme'
const system = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null
const systemDark = ref(system?.matches ?? false)
const choice: Ref<ThemeChoice> = ref(stored())

system?.addEventListener('change', (event) => {
  systemDark.value = event.matches
})

function stored(): ThemeChoice {
  const value = localStorage.getItem(KEY)
  return value === 'light' || value === 'dark' ? value : 'auto'
}

const dark = computed(() => (choice.value === 'auto' ? systemDark.value : choice.value === 'dark'))

/** Keeps the root element's `dark` class in step with the choice and the system. */
export function startTheme(): void {
  watchEffect(() => {
    document.documentElement.classList.toggle('dark', dark.value)
    document.documentElement.style.colorScheme = dark.value ? 'dark' : 'light'
  })
}

export function useTheme(): { dark: ComputedRef<boolean>; toggle: () => void } {
  return {
    dark,
    toggle: () => {
      const next = dark.value ? 'light' : 'dark'
      choice.value = next === (systemDark.value ? 'dark' : 'light') ? 'auto' : next
      if (choice.value === 'auto') localStorage.removeItem(KEY)
      else localStorage.setItem(KEY, choice.value)
    },
  }
}
