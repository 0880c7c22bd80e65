"""What visitors see, refusals with what to do next, both languages, and the weight of the first page."""

import gzip

import pytest
from playwright.sync_api import Request, Route, expect

from local.seed import DOMAIN
from tests.e2e.learner import COURSE, Desk, Size
from tests.e2e.visit import try_dialog
from tests.e2e.vitals import measured

pytestmark = pytest.mark.e2e

BUDGET_BYTES = 120_000


def test_why_a_course_cannot_be_claimed(desk: Desk) -> None:
    window = desk.window()
    window.enter(f"visitor@{DOMAIN}", f"/courses/{COURSE}")
    asking = window.page.get_by_role("button", name="为什么不能领取")
    try_dialog(window, asking)
    asking.click()
    dialog = window.page.get_by_role("dialog")
    expect(dialog).to_contain_text("MEMBERSHIP_REQUIRED")
    expect(dialog).to_contain_text("下一步")


def test_a_player_without_the_course_says_what_to_do(desk: Desk) -> None:
    window = desk.window()
    window.enter(f"visitor@{DOMAIN}", f"/courses/{COURSE}/watch")
    expect(window.page.get_by_role("alert")).to_contain_text("NOT_ENTITLED")
    assert window.findings() == []


def test_a_wrong_password(desk: Desk) -> None:
    window = desk.window()
    window.page.goto("/sign-in")
    window.sign_in(f"member@{DOMAIN}", "not-the-password")
    expect(window.page.get_by_role("alert")).to_contain_text("邮箱或密码不正确")
    assert window.findings() == []
    window.page.goto("/sign-in")
    window.by_email()
    window.page.get_by_role("button", name="登录", exact=True).click()
    expect(window.page.locator("#email")).to_be_focused()


def test_a_link_does_not_lead_elsewhere_after_signing_in(desk: Desk) -> None:
    window, person = desk.window(), desk.member()
    window.page.goto("/sign-in?to=//example.org/")
    window.sign_in(person.email)
    expect(window.page).to_have_url("/")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "NOT_SIGNED_IN"),
        (404, "NOT_FOUND"),
        (413, "PAYLOAD_TOO_LARGE"),
        (429, "TOO_MANY_REQUESTS"),
        (502, "UNEXPECTED"),
        (0, "NETWORK"),
    ],
)
def test_the_gateways_own_refusals_are_explained(desk: Desk, status: int, code: str) -> None:
    window = desk.window()

    def refuse(route: Route) -> None:
        if status == 0:
            route.abort()
        else:
            route.fulfill(status=status, json={"message": "from the gateway"}, headers={"x-test": "1"})

    window.page.route("**/v1/catalog/search*", refuse)
    window.page.goto("/")
    alert = window.page.get_by_role("alert")
    expect(alert).to_contain_text(code)
    expect(alert).to_contain_text("下一步")
    assert "from the gateway" not in alert.inner_text()
    window.page.unroute("**/v1/catalog/search*")
    alert.get_by_role("button", name="重试").click()
    expect(window.page.locator(f'a[href="/courses/{COURSE}"]')).to_be_visible()


def test_english(desk: Desk) -> None:
    window = desk.window()
    window.page.goto("/")
    window.page.get_by_role("button", name="Switch to English").click()
    expect(window.page.get_by_role("heading", level=1)).to_have_text("Courses")
    expect(window.page.locator("html")).to_have_attribute("lang", "en")
    window.page.goto("/courses/no-such-course")
    alert = window.page.get_by_role("alert")
    expect(alert).to_contain_text("NOT_FOUND")
    expect(alert).to_contain_text("What to do")
    assert window.findings() == []


def test_the_first_page_is_light(desk: Desk) -> None:
    window, loaded = desk.window(), []

    def keep(request: Request) -> None:
        response = request.response()
        if response and request.resource_type in {"script", "stylesheet"}:
            loaded.append(len(gzip.compress(response.body(), 9)))

    window.page.on("requestfinished", keep)
    window.page.goto("/")
    window.page.wait_for_load_state("networkidle")
    assert loaded
    assert sum(loaded) <= BUDGET_BYTES


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_nothing_jumps_while_pages_load(desk: Desk, size: Size) -> None:
    window = desk.window(size)
    window.open_as(desk.member(), "/account")
    shifts = {path: measured(window.page, path).shift for path in ("/", f"/courses/{COURSE}", "/hours", "/profile")}
    # What counts as good: https://web.dev/articles/cls
    assert {path: shift for path, shift in shifts.items() if shift > 0.1} == {}
