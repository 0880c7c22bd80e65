"""Takes the README's pictures: `python -m tests.e2e.screenshots` starts a system of its own and writes docs/images."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from local.emulator import ROOT
from local.system import start
from local.toolchain import build_client
from tests.e2e.browser import launched
from tests.e2e.learner import COURSE, HOURS, Desk, Person
from tests.flows.world import World

IMAGES = ROOT / "docs" / "images"


def main() -> None:
    """Goes the whole path once and keeps what it looks like."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    build_client()
    with (
        tempfile.TemporaryDirectory() as directory,
        start(workdir=Path(directory), seed=True) as system,
        launched() as browser,
    ):
        system.settle()
        desk = Desk(browser, World(system))
        person = desk.member()
        _desktop(desk, person)
        _phone(desk, person)
        desk.close()


def _desktop(desk: Desk, person: Person) -> None:
    window = desk.window()
    page = window.page
    page.goto("/")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / "home.png")
    window.open_as(person, f"/courses/{COURSE}")
    page.get_by_role("button", name="领取课程").wait_for()
    page.screenshot(path=IMAGES / "course.png")
    window.claim()
    page.get_by_role("button", name="开始学习").click()
    window.begin()
    page.wait_for_timeout(3_000)
    page.screenshot(path=IMAGES / "player.png")
    for number in range(2):
        window.prompt()
        page.wait_for_timeout(400)
        if number == 0:
            page.screenshot(path=IMAGES / "prompt.png")
        window.confirm()
    page.get_by_test_id("completed").wait_for(timeout=60_000)
    page.screenshot(path=IMAGES / "completed.png")
    desk.people.system.settle()
    page.get_by_role("button", name="查看我的学时").click()
    page.get_by_text(f"+{HOURS} 学时").wait_for()
    page.screenshot(path=IMAGES / "hours.png")
    _keep(page, "/search?credential=CFP", "search")
    page.goto(f"/courses/{COURSE}")
    page.get_by_role("group", name="思维导图").scroll_into_view_if_needed()
    page.locator(".markmap-node").first.wait_for()
    page.wait_for_timeout(1_000)  # the map fits itself in
    page.screenshot(path=IMAGES / "mind-map.png")


def _phone(desk: Desk, person: Person) -> None:
    window = desk.window("phone")
    page = window.page
    _keep(page, f"/courses/{COURSE}", "course-phone")
    window.open_as(person, "/account")
    for name in ("account", "hours", "profile", "notices"):
        _keep(page, f"/{name}", f"{name}-phone")
    page.goto("/courses/first-meeting")
    window.claim()
    window.page.get_by_role("button", name="开始学习").click()
    window.page.get_by_test_id("begin").wait_for(timeout=40_000)
    window.page.screenshot(path=IMAGES / "player-phone.png")


def _keep(page: Page, path: str, name: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
