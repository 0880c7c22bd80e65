"""Whether a page can be used with the keyboard alone: what Tab reaches, and whether it shows where it is."""

from playwright.sync_api import Page, expect

CONTROLS = """() => [...document.querySelectorAll('a[href], button, input, select, summary, [role="tab"]')].filter(
  (e) => !e.disabled && e.getClientRects().length > 0 && e.checkVisibility({ visibilityProperty: true })).length"""
FOCUSED = """() => { const e = document.activeElement
  if (!e || e === document.body) return null
  window.seen ??= []
  if (!window.seen.includes(e)) window.seen.push(e)
  const style = getComputedStyle(e)
  return { name: (e.getAttribute('aria-label') ?? e.textContent ?? '').trim().slice(0, 60),
           outlined: style.outlineStyle !== 'none' || style.boxShadow !== 'none' } }"""


def reach_every_control(page: Page) -> None:
    """Tab reaches every control of the page, and each shows that it has the focus."""
    page.wait_for_load_state("networkidle")
    expect(page.locator('[aria-busy="true"]')).to_have_count(0)
    controls = page.evaluate(CONTROLS)
    unmarked = []
    for _ in range(controls + 5):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused and not focused["outlined"]:
            unmarked.append(focused["name"])
    assert unmarked == []
    # Tabs and radio buttons of one group share one stop; the arrow keys reach the others.
    shared = max(0, page.get_by_role("tab").count() - 1) + max(0, page.get_by_role("radio").count() - 1)
    assert page.evaluate("() => window.seen.length") >= controls - shared
