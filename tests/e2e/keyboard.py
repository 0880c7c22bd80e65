"""Whether a page can be used with the keyboard alone: what Tab reaches, and whether it shows where it is."""

from playwright.sync_api import Page

BEGIN = """() => {
  const kinds = 'a[href], button, input, select, textarea, summary, [role="tab"], [tabindex="0"]'
  const visible = (e) => e.getClientRects().length > 0 && e.checkVisibility({ visibilityProperty: true })
  const shared = '[role="tab"][aria-selected="false"], [type="radio"]:not(:checked), ol[aria-label] [tabindex="-1"]'
  window.unreached = new Set([...document.querySelectorAll(kinds)].filter(
    (e) => !e.disabled && visible(e) && !e.matches(shared)))
  return window.unreached.size }"""
"""Notes what Tab has to reach. Tabs, radio buttons of a group and the sentences of a transcript share a stop; the arrow
keys reach the others."""
FOCUSED = """() => { const frame = document.activeElement?.contentDocument
  const e = frame?.hasFocus() ? frame.activeElement : document.activeElement
  if (!e || e === e.ownerDocument.body) return null
  window.unreached?.delete(e)
  const style = getComputedStyle(e)
  return { name: (e.getAttribute('aria-label') ?? e.textContent ?? '').trim().slice(0, 60),
           outlined: style.outlineStyle !== 'none' || style.boxShadow !== 'none' } }"""
UNREACHED = "() => [...window.unreached].map((e) => e.outerHTML.slice(0, 120))"


def reach_every_control(page: Page) -> None:
    """Tab reaches every control of the page, which has come, and each shows that it has the focus."""
    controls = page.evaluate(BEGIN)
    unmarked = []
    # A date has several stops: its parts.
    for _ in range(3 * controls + 5):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused and not focused["outlined"]:
            unmarked.append(focused["name"])
        if page.evaluate("() => window.unreached.size") == 0:
            break
    assert unmarked == []
    assert page.evaluate(UNREACHED) == []
