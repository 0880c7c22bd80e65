"""Inside WeChat: in by WeChat, and the phone asks for the payment at once; the server says what came of it."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Dialog, expect

from local.payments.bridge import ASKED
from local.payments.till import JSAPI
from local.wechat.sandbox import ME
from tests.e2e.learner import COURSE, Desk
from tests.e2e.visit import SMALL

pytestmark = pytest.mark.e2e


def test_who_cancelled_pays_once_more(desk: Desk) -> None:
    window, system = desk.window("wechat"), desk.people.system
    page = window.page
    page.context.add_cookies([{"name": ME, "value": uuid4().hex, "url": system.base_url}])
    asked: list[str] = []

    def hold_the_phone(dialog: Dialog) -> None:
        """Cancels the first time."""
        asked.append(dialog.message)
        if len(asked) == 1:
            dialog.dismiss()
        else:
            dialog.accept()

    page.on("dialog", hold_the_phone)
    page.goto(f"/sign-in?to=/courses/{COURSE}")
    page.wait_for_url(f"**/courses/{COURSE}")
    page.get_by_role("button", name="立即购买").click()
    page.get_by_role("button", name="提交订单").click()
    # WeChat's page has said who pays, and come back without its code in the address.
    expect(page.get_by_text("您没有完成支付，可以再次支付。")).to_be_visible()
    assert re.search(r"/orders/\w+/pay$", page.url)
    assert window.findings() == []
    assert window.overflow() == 0
    assert page.evaluate(SMALL) == []
    page.get_by_role("button", name="立即支付").click()
    page.wait_for_url(re.compile(r"/orders/\w+$"))
    expect(page.get_by_text("已付款")).to_be_visible()
    assert asked == [ASKED, ASKED]
    assert [trade.kind for trade in system.payments.till.trades.values() if trade.kind == JSAPI] == [JSAPI]
