"""The client as it is installed: its shell without a connection, and what it keeps."""

import pytest
from playwright.sync_api import expect

from tests.e2e.learner import Desk

pytestmark = pytest.mark.e2e

KEPT = """async () => (await Promise.all((await caches.keys()).map(async (name) =>
  (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat()"""


def test_a_watch_leaves_nothing_on_the_device_and_the_shell_opens_without_a_connection(desk: Desk) -> None:
    person, window = desk.member(), desk.window("phone")
    page = window.page
    window.watch_claimed(person)
    window.played(1)
    page.goto("/hours")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    # What the worker was not there for is asked for once more.
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    kept = page.evaluate(KEPT)
    assert {path for path in kept if not path.startswith("/assets/")} == {"/icon.svg", "/index.html"}
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("网络不通。")).to_be_visible()
    assert window.overflow() <= 0
    page.goto("/membership")
    expect(page.get_by_role("heading", level=1)).to_have_text("现在打不开这一页")
    assert window.findings() == []
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("现在打不开这一页")
    assert page.url.endswith("/membership")


def test_a_phone_that_is_turned_shows_the_lecture_and_its_controls_alone(desk: Desk) -> None:
    person, window = desk.member(), desk.window("phone")
    page = window.page
    window.watch_claimed(person)
    for width, height in ((740, 360), (568, 320)):
        page.set_viewport_size({"width": width, "height": height})
        for name in ("暂停", "后退 10 秒", "退出全窗口"):
            expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
        expect(page.locator("video")).to_be_in_viewport(ratio=1)
    window.prompt()
    expect(page.get_by_test_id("confirm-prompt")).to_be_in_viewport(ratio=1)
    expect(page).to_have_title("● 请确认：二十秒讲清一个风险等级 · 学时")
    window.confirm()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("button", name="全窗口", exact=True)).to_be_visible()
