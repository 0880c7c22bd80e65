// What people wrote stays in the language they wrote it in, whatever language the page is in. `v-written` says so to
// screen readers and fonts: Chinese is read out, and drawn, as Chinese on an English page too.

import type { ObjectDirective } from 'vue'

const HAN = /\p{Script=Han}/u

/** For `:lang`, where the text is put in by something else than the template. */
export function languageOf(text: string): 'zh-CN' | undefined {
  return HAN.test(text) ? 'zh-CN' : undefined
}

function mark(element: HTMLElement): void {
  const language = languageOf(element.textContent ?? '')
  if (language) element.lang = language
  else element.removeAttribute('lang')
}

export const written: ObjectDirective<HTMLElement, void> = { mounted: mark, updated: mark }

declare module 'vue' {
  interface GlobalDirectives {
    vWritten: typeof written
  }
}
