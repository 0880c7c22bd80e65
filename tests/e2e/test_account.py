"""Making an account on the pages: register, prove the address, learn at once; and a forgotten password."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from local.seed import DOMAIN, PASSWORD
from tests.e2e.learner import Desk

pytestmark = pytest.mark.e2e

CODE = "123456"
"""The emulated user pool takes any code; a wrong one is refused on AWS only."""


def fill(page: Page, **fields: str) -> None:
    """Fills fields by id and sends the form."""
    for name, value in fields.items():
        page.locator(f"#{name}").fill(value)
    page.locator("form button[type=submit]").click()


def test_registering_leads_to_learning_at_once(desk: Desk) -> None:
    window, email = desk.window("phone"), f"new-{uuid4().hex[:12]}@{DOMAIN}"
    page = window.page
    page.goto("/sign-in?to=/hours")
    window.by_email()
    page.get_by_role("link", name="还没有账号？注册").click()
    expect(page.get_by_role("heading", level=1, name="注册")).to_be_visible()
    fill(page, email=email, password="short")
    expect(page.get_by_role("alert")).to_contain_text("WEAK_PASSWORD")
    fill(page, email=email, password=PASSWORD)
    expect(page.get_by_text(email)).to_be_visible()
    assert window.findings() == []
    fill(page, code=CODE)
    page.wait_for_url("**/hours")
    expect(page.get_by_role("tab", name="时间线")).to_be_visible()
    assert window.overflow() <= 0


def test_who_left_before_the_code_comes_back_by_signing_in_and_no_log_has_the_address(desk: Desk) -> None:
    window, email = desk.window(), f"new-{uuid4().hex[:12]}@{DOMAIN}"
    page = window.page
    page.goto("/register")
    fill(page, email=email, password=PASSWORD)
    expect(page.get_by_text(email)).to_be_visible()
    page.goto("/sign-in?to=/hours")
    window.sign_in(email)
    page.get_by_role("link", name="验证邮箱").click()
    expect(page.get_by_text(email)).to_be_visible()
    assert page.url.endswith("/register?to=/hours")
    fill(page, code=CODE, password=PASSWORD)
    page.wait_for_url("**/hours")


def test_a_taken_address_is_said_and_a_forgotten_password_is_replaced(desk: Desk) -> None:
    person, window = desk.member(), desk.window()
    page, changed = window.page, f"{PASSWORD}-changed"
    page.goto("/register")
    fill(page, email=person.email, password=PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("EMAIL_TAKEN")
    page.goto("/sign-in")
    window.by_email()
    page.get_by_role("link", name="忘记密码？").click()
    expect(page.get_by_role("heading", level=1, name="重置密码")).to_be_visible()
    fill(page, email=person.email)
    expect(page.get_by_text("设置新密码")).to_be_visible()
    fill(page, code=CODE, password=changed)
    page.wait_for_url(lambda url: url.endswith("/"))
    page.get_by_role("link", name="我的", exact=True).click()
    page.get_by_role("button", name="退出").click()
    page.goto("/sign-in")
    window.sign_in(person.email, changed)
    page.wait_for_url(lambda url: url.endswith("/"))
