"""The shop's pages with the keyboard alone."""

import pytest
from playwright.sync_api import expect

from local.seed import DOMAIN
from tests.e2e.keyboard import reach_every_control
from tests.e2e.learner import Desk

pytestmark = pytest.mark.e2e

PAGES = {
    "visitor": ("/membership", "/cart", "/orders", "/invoices", "/search", "/support"),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_control_is_reached_and_shows_its_focus(desk: Desk, name: str) -> None:
    window, (first, *others) = desk.window(), PAGES[name]
    window.enter(f"{name}@{DOMAIN}", first)
    expect(window.page.get_by_role("heading", level=1)).to_be_visible()
    reach_every_control(window.page)
    for path in others:
        window.page.goto(path)
        expect(window.page.get_by_role("heading", level=1)).to_be_visible()
        reach_every_control(window.page)
