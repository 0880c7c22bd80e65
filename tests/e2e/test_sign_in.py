"""A stranger comes in by phone; WeChat by its sandbox's QR code; two accounts become one."""

import re
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from local.mailbox import MESSAGES, mails_of
from local.wechat.sandbox import PEOPLE
from tests.e2e.learner import Desk
from tests.e2e.visit import visit

pytestmark = pytest.mark.e2e


def new_number() -> str:
    """Eleven digits that nobody has proven yet."""
    return f"137{uuid4().int % 10**8:08d}"


def code_for(desk: Desk, number: str) -> str:
    """What the phone shows: the last code, as this machine's mailbox has it."""
    answer = httpx.get(f"{desk.people.system.endpoint_url}{MESSAGES}", trust_env=False).json()
    # A warning may have come since; it has no code.
    codes = (re.search(r"\b[0-9]{6}\b", mail.text) for mail in mails_of(answer) if number in mail.to[0])
    return next(found[0] for found in codes if found)


def prove(desk: Desk, page: Page, number: str, button: str) -> None:
    """Fills a number in, and then its code."""
    page.get_by_label("手机号").fill(number)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text(re.compile(rf"验证码已发送到 \+86{number}"))).to_be_visible()
    expect(page.get_by_label("验证码", exact=True)).to_be_focused()
    page.get_by_label("验证码", exact=True).fill(code_for(desk, number))
    page.get_by_role("button", name=button).click()


def test_a_stranger_registers_by_phone_and_is_in(desk: Desk) -> None:
    number, window = new_number(), desk.window()
    page = window.page
    page.goto("/sign-in?to=/account")
    expect(page.get_by_role("tab", name="手机", selected=True)).to_be_visible()
    page.get_by_label("手机号").fill("12345")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("请输入 11 位手机号")).to_be_visible()
    page.get_by_label("手机号").fill(number)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_role("button", name=re.compile("秒后可重新获取"))).to_be_disabled()
    page.get_by_label("验证码", exact=True).fill("000000" if code_for(desk, number) != "000000" else "111111")
    page.get_by_role("button", name="登录 / 注册").click()
    expect(page.get_by_role("alert")).to_contain_text("CODE_WRONG")
    visit(window, alerts=1)
    page.get_by_label("验证码", exact=True).fill(code_for(desk, number))
    page.get_by_role("button", name="登录 / 注册").click()
    page.wait_for_url("**/account")
    expect(page.get_by_role("heading", level=1)).to_contain_text("您好")


def test_wechat_by_its_qr_code_and_the_number_is_added(desk: Desk) -> None:
    window = desk.window()
    page = window.page
    page.goto("/sign-in?to=/identities")
    page.get_by_role("tab", name="微信").click()
    page.get_by_role("button", name="用微信登录").click()
    page.get_by_role("button", name=PEOPLE[-1]).click()
    page.wait_for_url("**/identities")
    expect(page.get_by_text("已关联")).to_be_visible()
    visit(window)
    page.get_by_role("button", name="添加手机").click()
    number = new_number()
    prove(desk, page, number, "确认")
    expect(page.get_by_text(f"{number[:3]}****{number[-4:]}")).to_be_visible()
    page.get_by_role("button", name="移除微信").click()
    expect(page.get_by_text("已移除。")).to_be_visible()


def test_two_accounts_of_one_person_become_one(desk: Desk) -> None:
    number, stranger = new_number(), desk.window().page
    stranger.goto("/sign-in?to=/account")
    prove(desk, stranger, number, "登录 / 注册")
    stranger.wait_for_url("**/account")
    member, window = desk.member(), desk.window()
    window.open_as(member, "/identities")
    window.page.get_by_role("button", name="添加手机").click()
    # A minute is to pass between two codes: the limits of this number start anew for the test.
    forget_sends(desk)
    prove(desk, window.page, number, "确认")
    expect(window.page.get_by_text(f"{number[:3]}****{number[-4:]}")).to_be_visible()
    expect(window.page.get_by_text(member.email)).to_be_visible()


def forget_sends(desk: Desk) -> None:
    """Removes what was counted of codes: nobody waits a minute in a test."""
    system = desk.people.system
    dynamodb, table = system.client("dynamodb"), system.table("credits")
    for item in dynamodb.scan(TableName=table)["Items"]:
        if item["pk"]["S"].startswith("SENDS#"):
            dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
