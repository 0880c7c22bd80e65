"""What a course's page does with a press of its buttons: where the focus is then, and that nothing is refused."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.learner import COURSE, Desk

pytestmark = pytest.mark.e2e
OTHER = "first-meeting"


def test_what_replaces_a_button_has_the_focus(desk: Desk) -> None:
    window = desk.window()
    page = window.page
    window.open_as(desk.member(), f"/courses/{COURSE}")
    page.get_by_role("button", name="领取课程").press("Enter")
    page.get_by_role("button", name="同意并领取").press("Enter")
    expect(page.get_by_role("button", name="开始学习")).to_be_focused()


def test_what_went_into_the_cart_leaves_the_focus_at_the_way_there(desk: Desk) -> None:
    window = desk.window("phone")
    page = window.page
    window.open_as(desk.learner(), f"/courses/{OTHER}")
    page.get_by_role("button", name="加入购物车").press("Enter")
    expect(page.get_by_role("button", name="去购物车")).to_be_focused()


def test_a_first_visit_is_refused_nothing(desk: Desk) -> None:
    window = desk.window()
    page, refused = window.page, refusals(window.page)
    window.open_as(desk.member(), f"/courses/{COURSE}")
    window.claim()
    page.goto("/account")
    expect(page.get_by_text("尚未开始").first).to_be_visible()
    assert refused == []


def refusals(page: Page) -> list[str]:
    """The page's requests that are refused from now on: each is an error in the browser's console."""
    found: list[str] = []
    page.on("response", lambda response: found.append(response.url) if response.status >= 400 else None)
    return found
