"""A stranger on a phone: in by a number, a certificate confirmed by its picture, a plan, and the first hours."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, expect

from demo.people import PERIOD_START
from tests.e2e.learner import COURSE, HOURS, Desk, Window
from tests.e2e.test_sign_in import new_number, prove
from tests.e2e.visit import SMALL, at_work, give_reason

pytestmark = pytest.mark.e2e

NAME = "上官知远"
TITLE = "二十秒讲清一个风险等级"


def test_from_a_phone_number_to_the_first_hours(desk: Desk, tmp_path: Path) -> None:
    window, number = desk.window("phone"), f"AFP-{uuid4().hex[:8]}"
    page = window.page
    page.goto("/sign-in?to=/plan")
    prove(desk, page, new_number(), "登录 / 注册")
    # Without a certificate there is nothing to plan for, and the page says so.
    page.wait_for_url("**/plan")
    _look(window)
    _give_name(window)
    page.goto("/plan")
    page.get_by_role("link", name="登记证书").or_(page.get_by_role("button", name="登记证书")).click()
    _send_certificate(window, number, tmp_path / "certificate.png")
    _confirmed_by_an_administrator(desk, number)
    _told(window)
    before = _open_plan(window)
    _buy_from_plan(window)
    page.goto(f"/courses/{COURSE}")
    window.watch_to_the_hours()
    _look(window)
    _shrunk(window, before)


def _look(window: Window) -> None:
    """The page as it is: nothing grave for axe, nothing wider than the phone or too small for a finger."""
    expect(window.page.get_by_role("heading", level=1)).to_be_visible()
    expect(window.page.locator('[aria-busy="true"]')).to_have_count(0)
    assert window.findings() == []
    assert window.overflow() == 0
    assert window.page.evaluate(SMALL) == []


def _give_name(window: Window) -> None:
    """The real name, without which hours would be held."""
    page = window.page
    page.goto("/profile")
    page.locator("#real_name").fill(NAME)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存。")).to_be_visible()


def _send_certificate(window: Window, number: str, picture: Path) -> None:
    page = window.page
    page.wait_for_url("**/hours")
    page.screenshot(path=picture)
    page.get_by_label("证书编号").fill(number)
    page.get_by_label("本周期开始日期").fill(PERIOD_START)
    page.get_by_label("证书照片（选填）").set_input_files(picture)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已收到证书照片")).to_be_visible()
    _look(window)


def _confirmed_by_an_administrator(desk: Desk, number: str) -> None:
    """At a desk, out of the queue: by what the picture shows, of a person who was never heard of."""
    window = at_work(desk, "admin", "待确认证书")
    row = window.page.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text(NAME)
    row.get_by_role("button", name="查看照片").click()
    image = window.page.get_by_role("img", name=f"学员上传的证书照片，编号 {number}")
    expect(image).to_be_visible()
    assert image.evaluate("(image) => image.naturalWidth") > 0
    window.page.keyboard.press("Escape")
    row.get_by_role("button", name="确认", exact=True).click()
    give_reason(window.page, "确认", "与照片相符")
    expect(row).to_have_count(0)


def _told(window: Window) -> None:
    """The learner is told, through queues."""
    page = window.page

    def come() -> bool:
        page.goto("/notices")
        expect(page.locator('[aria-busy="true"]')).to_have_count(0)
        return page.get_by_text("AFP 证书已确认").is_visible()

    assert any(come() for _ in range(60))
    _look(window)


def _open_plan(window: Window) -> float:
    """The plan has the course; returns the hours that the period asks for yet."""
    window.page.goto("/plan")
    expect(_step(window)).to_be_visible()
    _look(window)
    return _missing(window)


def _step(window: Window) -> Locator:
    return window.page.get_by_role("region", name="按这个顺序学").get_by_role("link", name=TITLE)


def _missing(window: Window) -> float:
    said = window.page.get_by_text(re.compile(r"^需再学 [0-9.]+ 学时")).first.inner_text()
    found = re.search(r"[0-9.]+", said)
    assert found
    return float(found[0])


def _buy_from_plan(window: Window) -> None:
    page = window.page
    _step(window).click()
    page.wait_for_url(f"**/courses/{COURSE}")
    page.get_by_role("button", name="立即购买").click()
    page.get_by_role("button", name="提交订单").click()
    window.pay()


def _shrunk(window: Window, before: float) -> None:
    """What was watched is neither planned nor missing any more."""
    window.page.goto("/plan")
    expect(window.page.get_by_role("region", name="按这个顺序学")).to_be_visible()
    expect(_step(window)).to_have_count(0)
    assert _missing(window) == before - float(HOURS)
    _look(window)
