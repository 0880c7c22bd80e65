/**
 * Says of everything after which a page may never run again that it happened, and whether it is `leaving`: whether the
 * session is given back, not only saved. A page that is only hidden may be looked at again, and plays on meanwhile.
 * The answer ends it.
 */
export function onFarewell(say: (leaving: boolean) => void): () => void {
  const left = (): void => say(true)
  const hidden = (): void => void (document.hidden && say(false))
  window.addEventListener('pagehide', left)
  // Phones freeze what lies in the background, and discard it without another word.
  document.addEventListener('freeze', left)
  document.addEventListener('visibilitychange', hidden)
  return () => {
    window.removeEventListener('pagehide', left)
    document.removeEventListener('freeze', left)
    document.removeEventListener('visibilitychange', hidden)
  }
}
