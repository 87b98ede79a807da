/** Chinese and English: the browser's language first, then what the reader chose. */
import { computed, ref, watchEffect, type ComputedRef } from 'vue'
import { createI18n, useI18n, type Composer, type I18n, type I18nOptions } from 'vue-i18n'

import { count } from './format'
import en from './locales/en'
import zh from './locales/zh'

export type Locale = 'zh' | 'en'
export interface LocalText {
  zh: string
  en: string
}

const KEY = 'huixiang.locale'
const HTML_TAGS: Record<Locale, string> = { zh: 'zh-CN', en: 'en' }

/** Chinese unless the browser asks for English before it asks for Chinese. */
export function browserLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    if (language.toLowerCase().startsWith('zh')) return 'zh'
    if (language.toLowerCase().startsWith('en')) return 'en'
  }
  return 'zh'
}

function startLocale(): Locale {
  const stored = localStorage.getItem(KEY)
  return stored === 'zh' || stored === 'en' ? stored : browserLocale(navigator.languages)
}

export interface Messages {
  readonly [key: string]: string | Messages
}

const place = ref('')

/** Names the place that is shown in the document's title, by the key of its words. */
export function showPlace(key: string): void {
  place.value = key
}

/** The page's own messages over the shared ones. The document's language and title follow the choice. */
export function startI18n(own: Record<Locale, Messages>): I18n {
  const messages = { zh: { ...zh, ...own.zh }, en: { ...en, ...own.en } }
  const i18n = createI18n({
    legacy: false,
    locale: startLocale(),
    fallbackLocale: 'zh',
    messages: messages as unknown as NonNullable<I18nOptions['messages']>,
  }) as unknown as I18n
  const composer = i18n.global as unknown as Composer
  watchEffect(() => {
    document.documentElement.lang = HTML_TAGS[composer.locale.value as Locale]
    const title = composer.t('page.title')
    document.title = place.value ? `${composer.t(place.value)} · ${title}` : title
  })
  return i18n
}

export interface Words {
  /** Whole numbers are written with separators; the first of them chooses between the forms of a text, "one | many". */
  t: (key: string, named?: Record<string, unknown>) => string
  /** The word for a code, such as `points.adjust` by its key points_adjust, or the code itself where it has none yet. */
  word: (group: string, code: string) => string
  /** Text that came as data, in the reader's language. */
  pick: (text: LocalText) => string
  locale: ComputedRef<Locale>
  setLocale: (locale: Locale) => void
}

export function useWords(): Words {
  const composer = useI18n({ useScope: 'global' })
  const locale = computed(() => composer.locale.value as Locale)
  return {
    t: (key, named = {}) => {
      const whole = Object.values(named).find((value) => Number.isSafeInteger(value)) as number | undefined
      const written = Object.fromEntries(Object.entries(named).map(([name, value]) => [name, Number.isSafeInteger(value) ? count(value as number) : value]))
      return whole === undefined ? composer.t(key, written) : composer.t(key, written, whole)
    },
    word: (group, code) => {
      const key = `${group}.${code.replace(/\W/g, '_')}`
      return composer.te(key) ? composer.t(key) : code
    },
    pick: (text) => text[locale.value] || text.zh,
    locale,
    setLocale: (next) => {
      composer.locale.value = next
      localStorage.setItem(KEY, next)
    },
  }
}
