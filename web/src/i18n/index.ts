// Two languages, typed keys, no library: Chinese first, English second.

import { ref, watchEffect } from 'vue'
import { en } from './en'
import { zh, type Key } from './zh'

export type Locale = 'zh' | 'en'

const STORED = 'xueshi.locale'
const messages: Record<Locale, Record<Key, string>> = { zh, en }

export const locale = ref<Locale>(localStorage.getItem(STORED) === 'en' ? 'en' : 'zh')

watchEffect(() => {
  document.documentElement.lang = locale.value === 'zh' ? 'zh-CN' : 'en'
  localStorage.setItem(STORED, locale.value)
})

/** The message in the current language, with its {parameters} filled in. */
export function t(key: Key, parameters: Record<string, string | number> = {}): string {
  return messages[locale.value][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole))
}

/** The message for a key that is put together at run time, if there is one. */
export function maybe(key: string): string | null {
  return Object.hasOwn(zh, key) ? t(key as Key) : null
}

/** Whichever of the two texts of an API message fits the current language. */
export function pick(chinese: string, english: string | null | undefined): string {
  return locale.value === 'en' && english ? english : chinese
}

export function switchLanguage(): void {
  locale.value = locale.value === 'zh' ? 'en' : 'zh'
}
