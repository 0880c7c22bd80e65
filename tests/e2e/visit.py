"""A look at a page or a dialog as it is: with the keyboard, with axe, on a phone's width, and in English."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Download, Locator, Page, expect
from playwright.sync_api import TimeoutError as NeverCame

from local.seed import DOMAIN
from tests.e2e.keyboard import reach_every_control
from tests.e2e.learner import SIZES, Desk, Window

INSIDE = """() => document.activeElement === document.body ||
  document.querySelector('dialog[open]').contains(document.activeElement)"""
REDRAWN_MS = 5_000
"""A page in another language is drawn anew, on a busy machine not at once."""
UNTRANSLATED = """() => [...document.querySelectorAll('body *')]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.closest('[lang]') === document.documentElement)
  .flatMap((e) => [...[...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent),
                   ...['aria-label', 'title', 'placeholder'].map((name) => e.getAttribute(name) ?? '')])
  .filter((text) => /[\\u4e00-\\u9fff]/.test(text)).map((text) => text.trim())"""
"""What is left in Chinese of the page that is shown in English. What people wrote is marked with its language."""
SMALL = """() => matchMedia('(pointer: fine)').matches ? [] :
  [...document.querySelectorAll('a[href], button, input, select, summary, textarea')]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && !e.matches('.skip'))
    .filter((e) => getComputedStyle(e).display !== 'inline')
    .map((e) => e.matches('[type=radio], [type=checkbox]') ? e.closest('label') ?? e : e)
    .filter((e) => { const { width, height } = e.getBoundingClientRect(); return Math.min(width, height) < 43.5 })
    .map((e) => e.outerHTML.slice(0, 160))"""
"""What is too small for a finger (44 pixels: WCAG 2.2, 2.5.5), where one points. Links inside a sentence are exempt."""


def at_work(desk: Desk, name: str, tool: str) -> Window:
    """The role's page, found from the workbench."""
    window = desk.window()
    window.enter(f"{name}@{DOMAIN}", "/staff")
    window.page.get_by_role("link", name=tool).click()
    expect(window.page.get_by_role("heading", level=1)).to_have_text(tool)
    return window


def visit(window: Window, alerts: int = 0) -> None:
    """The page has come, and is right for everybody: in both languages, wide and narrow, by mouse and by keyboard."""
    page = window.page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator('[aria-busy="true"]')).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(alerts)
    reach_every_control(page)
    assert window.findings() == []
    with dark(page):
        assert window.findings("color-contrast") == []
    with narrow(window):
        pass
    assert enlarged(window) <= 0, page.url
    with english(page), narrow(window):
        with suppress(NeverCame):
            page.wait_for_function(f"() => ({UNTRANSLATED})().length === 0", timeout=REDRAWN_MS)
        left = page.evaluate(UNTRANSLATED)
        assert left == [], f"{page.url}: {left}"


def try_dialog(window: Window, opener: Locator) -> None:
    """The button opens a dialog with a name, which takes the focus, keeps it, and gives it back to the button."""
    page, button = window.page, opener.element_handle()
    assert button
    with english(page):
        button.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_have_accessible_name(re.compile(r"\S"))
        assert page.evaluate(UNTRANSLATED) == []
        assert window.findings() == []
        with narrow(window):
            expect(dialog).to_be_in_viewport(ratio=1)
        for _ in range(dialog.locator("input, textarea, select, button").count() + 2):
            page.keyboard.press("Tab")
            assert page.evaluate(INSIDE)
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        assert button.evaluate("(e) => e === document.activeElement")


def held_by(window: Window, dialog: Locator) -> None:
    """The dialog, of a page in English, interrupts: it takes the focus and keeps it, and Escape does not close it."""
    page = window.page
    expect(dialog).to_have_accessible_name(re.compile(r"\S"))
    expect(dialog).to_have_accessible_description(re.compile(r"\S"))
    assert page.evaluate("() => document.querySelector('dialog[open]').contains(document.activeElement)")
    # Browsers take a second Escape as a wish that a page cannot refuse, unless the dialog says that nothing closes it.
    for key in ("Escape", "Escape", "Tab", "Tab", "Tab"):
        page.keyboard.press(key)
        assert page.evaluate(INSIDE)
    expect(dialog).to_be_visible()
    assert page.evaluate(UNTRANSLATED) == []
    assert window.findings() == []
    assert window.overflow() <= 0


def give_reason(page: Page, action: str, reason: str) -> None:
    """Says why in the dialog that is open. Without a reason nothing is sent, and the place for it has the focus."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=action, exact=True).click()
    expect(dialog.get_by_label("理由")).to_be_focused()
    dialog.get_by_label("理由").fill(reason)
    dialog.get_by_role("button", name=action, exact=True).click()
    expect(dialog).to_be_hidden()
    # Whatever became of the button that opened the dialog, the focus is not lost.
    page.wait_for_function("() => document.activeElement !== document.body")


@contextmanager
def dark(page: Page) -> Iterator[None]:
    """The page as a system shows it that wishes it dark meanwhile."""
    page.emulate_media(color_scheme="dark")
    yield
    page.emulate_media(color_scheme="light")


def enlarged(window: Window) -> int:
    """How many pixels the page is too wide with text twice as large on the smallest screen (WCAG 1.4.4, 1.4.10)."""
    page = window.page
    wide = page.viewport_size
    assert wide
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    too_wide = window.overflow()
    page.evaluate("() => { document.documentElement.style.fontSize = '' }")
    page.set_viewport_size(wide)
    return too_wide


@contextmanager
def english(page: Page) -> Iterator[None]:
    """The page in English meanwhile."""
    header = page.get_by_role("banner")
    header.get_by_role("button", name="Switch to English").click()
    back = header.get_by_role("button", name="切换到中文")
    # English comes when it is first wanted.
    expect(back).to_be_visible()
    yield
    back.click()


@contextmanager
def narrow(window: Window) -> Iterator[None]:
    """The page as wide as a phone meanwhile. On no screen is anything wider than the screen."""
    wide = window.page.viewport_size
    assert wide
    for width in (901, 760, SIZES["phone"]["viewport"]["width"]):
        window.page.set_viewport_size({"width": width, "height": SIZES["phone"]["viewport"]["height"]})
        assert window.overflow() <= 0, width
    yield
    window.page.set_viewport_size(wide)


def text_of(taken: Download) -> str:
    """What was downloaded."""
    return Path(taken.path()).read_text(encoding="utf-8-sig")
