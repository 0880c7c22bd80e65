"""The API reference, drawn by a component of somebody else: what it shows, how it is used, and that it asks nobody."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.learner import Desk, Size
from tests.e2e.visit import UNTRANSLATED, english, narrow

pytestmark = pytest.mark.e2e

OPERATIONS = {
    "playback": "/v1/playback/beats",
    "orders": "/v1/orders/claims",
    "credits": "/v1/credits/timeline",
    "catalog": "/v1/catalog/search",
}
"""One of each service."""
INSIDE = "() => document.activeElement?.shadowRoot?.activeElement != null"
OUTLINED = "() => getComputedStyle(document.activeElement).outlineStyle !== 'none'"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_each_service_is_shown_and_nobody_else_is_asked(desk: Desk, size: Size) -> None:
    window = desk.window(size)
    page, hosts = window.page, set[str]()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto("/developers")
    page.get_by_role("link", name="API 参考").first.click()
    for service, path in OPERATIONS.items():
        page.get_by_role("navigation", name="服务").get_by_role("link", name=service).click()
        # Playwright looks into the component; on a phone its menu is hidden, the operations are not.
        expect(page.get_by_text(path, exact=True).last).to_be_attached()
        assert window.findings() == []
        assert window.overflow() <= 0
    assert hosts - {""} == {urlsplit(page.url).netloc}


def test_the_reference_by_keyboard_on_a_phone_s_width_and_in_english(desk: Desk) -> None:
    window = desk.window()
    page = window.page
    page.goto("/developers/api/playback")
    expect(page.get_by_text("/v1/playback/beats", exact=True).first).to_be_visible()
    page.get_by_role("link", name="开发者指南").first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate(INSIDE)
    assert page.evaluate(OUTLINED)
    with narrow(window):
        assert window.findings() == []
    with english(page), narrow(window):
        assert page.evaluate(UNTRANSLATED) == []
