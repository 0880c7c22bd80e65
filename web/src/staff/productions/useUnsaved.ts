// What was typed and not saved. Whoever leaves the page or closes the tab is asked first, once for all that is typed.

import { computed, onUnmounted, shallowReactive, watch } from 'vue'
import { useRouter, type Router } from 'vue-router'
import { t } from './messages'

const unsaved = shallowReactive(new Set<symbol>())
let release: (() => void) | null = null

/** Whether something is typed anywhere on the page that is not saved. */
export const isUnsaved = computed(() => unsaved.size > 0)

/** Asks while there is something unsaved; another tab of the same page loses nothing. */
export function useUnsaved(isTyped: () => boolean): void {
  const router = useRouter()
  const own = Symbol('typed')
  watch(isTyped, (is) => mark(router, own, is), { immediate: true })
  onUnmounted(() => mark(router, own, false))
}

function mark(router: Router, own: symbol, is: boolean): void {
  if (is) unsaved.add(own)
  else unsaved.delete(own)
  if (unsaved.size > 0) release ??= guard(router)
  else {
    release?.()
    release = null
  }
}

/** Only while something would be lost: a page that listens is not kept by the browser for going back. */
function guard(router: Router): () => void {
  const stop = router.beforeEach((to, from) => to.path === from.path || window.confirm(t('unsaved.leave')))
  window.addEventListener('beforeunload', ask)
  return () => {
    stop()
    window.removeEventListener('beforeunload', ask)
  }
}

function ask(event: Event): void {
  event.preventDefault()
}
