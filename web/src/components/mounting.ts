// What the tests of components mount them with: a place in the document, and what `main.ts` gives to every component.

import { enableAutoUnmount } from '@vue/test-utils'
import { afterEach } from 'vitest'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { loadMessages, locale, type Locale } from '../i18n'
import { written } from '../i18n/written'

// A type, not an interface: `mount` takes no interface where a component is written out by hand.
type Page = {
  attachTo: HTMLElement
  global: { plugins: [Router]; directives: { written: typeof written } }
}

enableAutoUnmount(afterEach)
afterEach(() => {
  locale.value = 'zh'
  document.body.replaceChildren()
})

/** Options for `mount`: the page at `/here`, whose links lead to pages of these names. */
export async function onPage(...names: string[]): Promise<Page> {
  const routes = ['here', ...names].map((name) => ({ path: `/${name}`, name, component: { render: () => null } }))
  const router = createRouter({ history: createMemoryHistory(), routes })
  await router.push('/here')
  // Nothing outside the document has the focus. App.vue gives the content its id, by which others give the focus to it.
  const content = document.createElement('main')
  content.id = 'content'
  content.tabIndex = -1
  document.body.append(content)
  return { attachTo: content, global: { plugins: [router], directives: { written } } }
}

/** Has the page in this language, as after a press of the switch. */
export async function speak(language: Locale): Promise<void> {
  locale.value = language
  await loadMessages()
}
