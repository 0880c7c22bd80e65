// Messages of an area whose pages are loaded only when somebody opens them: they come with those pages.

import { fill, locale, t as common, type Key } from './index'

/** As `t`, with an area's own messages before the common ones. `maybe` answers null for keys that it does not have. */
export function area<Own extends string>(zh: Record<Own, string>, en: Record<Own, string>) {
  const messages = { zh, en }
  const owns = (key: Own | Key): key is Own => Object.hasOwn(zh, key)
  const t = (key: Own | Key, parameters: Record<string, string | number> = {}): string =>
    owns(key) ? fill(messages[locale.value][key], parameters) : common(key, parameters)
  const maybe = (key: string): string | null => (owns(key as Own) ? t(key as Own) : null)
  return Object.assign(t, { maybe })
}
