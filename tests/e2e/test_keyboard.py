"""Everything can be done with the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.keyboard import FOCUSED
from tests.e2e.learner import COURSE, SETTLED, Desk

pytestmark = pytest.mark.e2e


def test_the_path_by_keyboard(desk: Desk) -> None:
    person, window = desk.member(), desk.window()
    page = window.page
    page.goto("/")
    expect(page.locator(f'a[href="/courses/{COURSE}"]')).to_be_visible()
    _walk(page, "二十秒")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab").first).to_be_visible()
    _walk(page, "登录后领取或观看")
    page.keyboard.press("Enter")
    _walk(page, "手机")
    page.keyboard.press("ArrowRight")
    _walk(page, "", "#email")
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type("Xueshi-demo-2026")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/courses/{COURSE}")
    expect(page.get_by_role("button", name="领取课程")).to_be_visible()
    _walk(page, "领取课程")
    page.keyboard.press("Enter")
    _walk(page, "同意并领取")
    page.keyboard.press("Enter")
    # What replaces the button that opened the dialog has the focus.
    expect(page.get_by_role("button", name="开始学习")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("begin")).to_be_visible()
    _walk(page, "开始观看")
    page.keyboard.press("Enter")
    window.prompt()
    # The prompt takes the focus: confirming needs no search for it.
    expect(page.get_by_test_id("confirm-prompt")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    _walk(page, "暂停")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="播放", exact=True)).to_be_visible()


def test_tabs_move_with_the_arrow_keys(desk: Desk) -> None:
    page = desk.window().page
    page.goto(f"/courses/{COURSE}")
    first = page.get_by_role("tab").first
    first.focus()
    names = []
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "End", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        selected = page.locator('[role="tab"][aria-selected="true"]')
        expect(selected).to_be_focused()
        names.append(selected.inner_text())
    assert names == ["讲师介绍", "要点回顾", "用户评价", "用户评价", "内容总结", "用户评价"]
    expect(page.get_by_role("tabpanel").filter(visible=True)).to_have_count(1)


def test_the_mind_map_moves_by_keys_and_has_an_outline(desk: Desk) -> None:
    window = desk.window()
    page = window.page
    page.goto(f"/courses/{COURSE}")
    frame = page.get_by_role("group", name="思维导图")
    frame.scroll_into_view_if_needed()
    drawn = frame.locator("svg > g")
    expect(frame.locator(".markmap-node").first).to_be_visible()
    # It fits itself in first; only then do keys move it from where it stays.
    page.evaluate(SETTLED)
    page.wait_for_timeout(500)
    before = drawn.get_attribute("transform")
    frame.focus()
    frame.press("+")
    expect(drawn).not_to_have_attribute("transform", before or "")
    assert window.findings() == []
    page.get_by_role("button", name="文字大纲").press("Enter")
    expect(page.get_by_text("讲清风险等级", exact=True).last).to_be_visible()
    expect(frame).to_be_hidden()
    assert window.findings() == []


def _walk(page: Page, name: str, selector: str = "") -> None:
    """Presses Tab until the control has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if selector and page.locator(selector).evaluate("(e) => e === document.activeElement"):
            return
        if not selector and focused and name in focused["name"]:
            return
    raise AssertionError(f"{name or selector} was not reached by the keyboard")
