// Two languages, typed keys, no library: Chinese first, English second.

import { ref, shallowReactive, watchEffect } from 'vue'
import { fill } from './fill'
import { zh, type Key } from './zh'

export { fill } from './fill'
export type { Key } from './zh'
export type Locale = 'zh' | 'en'

const STORED = 'xueshi.locale'
/** English is loaded when it is first wanted; until it is there, Chinese stands in. */
const messages = shallowReactive<Record<Locale, Record<Key, string>>>({ zh, en: zh })

export const locale = ref<Locale>(localStorage.getItem(STORED) === 'en' ? 'en' : 'zh')

watchEffect(() => {
  document.documentElement.lang = locale.value === 'zh' ? 'zh-CN' : 'en'
  localStorage.setItem(STORED, locale.value)
})

/** Loads the messages of the current language. Throws when they cannot be reached. */
export async function loadMessages(): Promise<void> {
  if (locale.value === 'en' && messages.en === zh) messages.en = (await import('./en')).en
}

/** The message in the current language, with its {parameters} filled in. */
export function t(key: Key, parameters: Record<string, string | number> = {}): string {
  return fill(messages[locale.value][key], parameters)
}

/** The message for a key that is put together at run time, if there is one. */
export function maybe(key: string): string | null {
  return Object.hasOwn(zh, key) ? t(key as Key) : null
}

/** Whichever of the two texts of an API message fits the current language. */
export function pick(chinese: string, english: string | null | undefined): string {
  return locale.value === 'en' && english ? english : chinese
}

export async function switchLanguage(): Promise<void> {
  locale.value = locale.value === 'zh' ? 'en' : 'zh'
  await loadMessages().catch(() => (locale.value = 'zh'))
}
