"""Staff set their second factor up on the pages, sign in with it, lose the device, and are reset by a colleague."""

from typing import Any
from uuid import uuid4

import pyotp
import pytest
from playwright.sync_api import Page, expect

from local.seed import DOMAIN, PASSWORD
from tests.e2e.learner import Desk, Window
from tests.e2e.visit import at_work, visit

pytestmark = pytest.mark.e2e


def invited(desk: Desk) -> str:
    """An editor's account without a second factor."""
    email, system = f"colleague-{uuid4().hex[:12]}@{DOMAIN}", desk.people.system
    system.create_user(email, PASSWORD, [])
    who = {"UserPoolId": system.user_pool_id, "Username": email}
    system.client("cognito-idp").admin_add_user_to_group(**who, GroupName="editor")
    return email


def set_up(window: Window) -> tuple[str, list[str]]:
    """From the page that asks for it: the device's secret, and the recovery codes."""
    page = window.page
    page.wait_for_url("**/second-factor**")
    expect(page.get_by_role("img", name="添加到验证器的二维码")).to_be_visible()
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    assert window.findings() == []
    page.locator("#code").fill("12")
    page.get_by_role("button", name="启用两步验证").click()
    expect(page.get_by_text("请输入 6 位数字")).to_be_visible()
    page.locator("#code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="启用两步验证").click()
    heading = page.get_by_role("heading", level=1, name="请保存恢复代码")
    expect(heading).to_be_focused()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    visit(window)
    done = page.get_by_role("button", name="完成，重新登录")
    expect(done).to_be_disabled()
    with page.expect_download() as saved:
        page.get_by_role("button", name="下载").click()
    assert all(code in saved.value.path().read_text("utf-8") for code in codes)
    page.get_by_label("我已妥善保存").check()
    done.click()
    return secret, codes


def enter_code(page: Page, secret: str) -> None:
    """At the second step of signing in."""
    page.locator("#code").fill(f" {pyotp.TOTP(secret).now()} ")
    page.get_by_role("button", name="登录", exact=True).click()


def test_an_invited_colleague_sets_it_up_and_gets_back_in_without_the_device(desk: Desk) -> None:
    email, window = invited(desk), desk.window("phone")
    page = window.page
    page.goto("/sign-in?to=/staff")
    window.sign_in(email)
    secret, codes = set_up(window)
    window.sign_in(email)
    expect(page.locator("#code")).to_be_focused()
    assert window.findings() == []
    assert window.overflow() <= 0
    enter_code(page, "A" * 32)
    expect(page.get_by_role("alert")).to_contain_text("WRONG_DEVICE_CODE")
    enter_code(page, secret)
    page.wait_for_url("**/staff")
    expect(page.get_by_role("link", name="课程发布")).to_be_visible()

    other = desk.window()
    other.page.goto("/sign-in")
    other.sign_in(email)
    other.page.get_by_role("link", name="设备不在身边？使用恢复代码").click()
    expect(other.page.get_by_role("heading", level=1, name="使用恢复代码")).to_be_visible()
    assert other.findings() == []
    for name, value in {"邮箱": email, "密码": PASSWORD, "恢复代码": codes[0].lower()}.items():
        other.page.get_by_label(name, exact=True).fill(value)
    other.page.get_by_role("button", name="取消原设备").click()
    expect(other.page.get_by_role("status")).to_contain_text("已取消")
    other.page.goto("/sign-in")
    other.sign_in(email)
    set_up(other)


def test_sign_ins_are_listed_and_ended(desk: Desk) -> None:
    person, window, lost = desk.learner(), desk.window(), desk.window("phone")
    lost.open_as(person, "/account")
    window.open_as(person, "/sign-ins")
    page = window.page
    expect(page.get_by_text("本次登录", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("listitem")).to_have_count(2)
    assert window.findings() == []
    page.get_by_role("button", name="结束此登录").click()
    expect(page.get_by_role("listitem")).to_have_count(1)
    assert ended(lost)
    page.get_by_role("button", name="全部退出").click()
    page.wait_for_url("**/sign-in")


def ended(window: Window) -> bool:
    """Whether a window is signed out once its token has to be renewed."""
    window.page.evaluate(
        "() => sessionStorage.setItem('xueshi.session', JSON.stringify({...JSON.parse("
        "sessionStorage.getItem('xueshi.session')), until: 0}))"
    )
    window.page.reload()
    expect(window.page.get_by_role("link", name="登录", exact=True).first).to_be_visible()
    found: Any = window.page.evaluate("() => sessionStorage.getItem('xueshi.session')")
    return found is None


def test_an_administrator_resets_a_colleague(desk: Desk) -> None:
    email, window = invited(desk), desk.window()
    window.page.goto("/sign-in")
    window.sign_in(email)
    set_up(window)
    boss = at_work(desk, "admin", "账号安全")
    visit(boss)
    page = boss.page
    page.get_by_role("button", name="重置两步验证").click()
    expect(page.get_by_text("请填写邮箱")).to_be_visible()
    page.get_by_label("同事的登录邮箱").fill(email)
    page.get_by_role("button", name="重置两步验证").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("理由").fill("手机丢失，已电话确认")
    assert boss.findings() == []
    dialog.get_by_role("button", name="重置两步验证").click()
    expect(page.get_by_text("已重置。新密码的验证码已寄给对方。")).to_be_visible()
    window.sign_in(email)
    expect(window.page.get_by_role("alert")).to_contain_text("PASSWORD_RESET_REQUIRED")
