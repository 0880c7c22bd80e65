/** Makes everything on the page but the element inert, as a full window has to be; the answer undoes it. */
export function isolate(element: HTMLElement): () => void {
  const silenced: Element[] = []
  for (let inner: HTMLElement | null = element; inner && inner !== document.body; inner = inner.parentElement) {
    for (const sibling of inner.parentElement?.children ?? []) {
      if (sibling === inner || sibling.hasAttribute('inert')) continue
      sibling.setAttribute('inert', '')
      silenced.push(sibling)
    }
  }
  document.documentElement.style.overflow = 'hidden'
  return () => {
    for (const sibling of silenced) sibling.removeAttribute('inert')
    document.documentElement.style.overflow = ''
  }
}
