// Where the focus goes when what had it is taken away, as a button is that is replaced by what it brought about: to
// what stands in its place. Browsers give it to the page's body, and who uses the keyboard begins anew at its top.

/** What Tab reaches. */
const CONTROLS = ['a[href]', 'button', 'input', 'select', 'textarea', 'summary', '[tabindex="0"]'].join(
  ':not([disabled]), ',
)

/** Has this for everything in the region. Returns what ends it. */
export function keepFocus(region: HTMLElement): () => void {
  let last: Element | null = null

  function came(event: FocusEvent): void {
    last = event.target as Element
  }

  /** A click beside it lets go of it, and so nothing is lost. Some browsers tell this of what is taken away, too. */
  function left(): void {
    queueMicrotask(() => {
      if (last?.isConnected && last !== document.activeElement) last = null
    })
  }

  const observer = new MutationObserver((records) => {
    if (!last || last.isConnected) return
    const place = placeOf(last, records)
    last = null
    if (document.activeElement === document.body && place) focusAt(place, region)
  })

  region.addEventListener('focusin', came)
  region.addEventListener('focusout', left)
  observer.observe(region, { childList: true, subtree: true })
  return () => {
    observer.disconnect()
    region.removeEventListener('focusin', came)
    region.removeEventListener('focusout', left)
  }
}

/** Where something was: in an element that is still there, after another node of it, or at its beginning. */
interface Place {
  home: Element
  after: Node | null
}

function placeOf(gone: Node, records: MutationRecord[]): Place | null {
  let [inside, place]: [Node, Place | null] = [gone, null]
  for (const { target, removedNodes, previousSibling } of records) {
    if (![...removedNodes].some((node) => node.contains(inside))) continue
    place = { home: target as Element, after: previousSibling }
    inside = target
  }
  return place
}

/** The first control after the place has it, else the last before, else what they were in; and so on outwards. */
function focusAt({ home, after }: Place, region: HTMLElement): void {
  if (home !== region && region.contains(home)) {
    const controls = [...home.querySelectorAll<HTMLElement>(CONTROLS)]
    const following = controls.filter((control) => !after || isAfter(control, after))
    const before = controls.filter((control) => !following.includes(control)).reverse()
    if ([...following, ...before].some(focused) || focused(reachable(home as HTMLElement))) return
    if (home.parentElement) return focusAt({ home: home.parentElement, after: home }, region)
  }
  focused(region)
}

/** The first control in it that takes the focus, or it itself. */
export function focusWithin(home: HTMLElement): void {
  if (![...home.querySelectorAll<HTMLElement>(CONTROLS)].some(focused)) focused(reachable(home))
}

function isAfter(control: Node, node: Node): boolean {
  return (
    node.isConnected &&
    (node.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING) > 0 &&
    !node.contains(control)
  )
}

function reachable(element: HTMLElement): HTMLElement {
  if (!element.hasAttribute('tabindex')) element.tabIndex = -1
  return element
}

/** Whether it took the focus: what is not shown does not. */
function focused(element: HTMLElement): boolean {
  element.focus({ preventScroll: true })
  return document.activeElement === element
}
