import { getCurrentScope, onScopeDispose } from 'vue'

/** Does something whenever the connection is back, as long as the component or scope lives that this is called in. */
export function whenOnline(act: () => void): void {
  if (!getCurrentScope()) return
  window.addEventListener('online', act)
  onScopeDispose(() => window.removeEventListener('online', act))
}
