"""Buying in a browser: the cart, paying in the sandbox, membership, invoices, and money back."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.learner import COURSE, Desk, Person, Window
from tests.e2e.shop.invoices import CONTENT, PDF, found_by_finance, number_of
from tests.e2e.visit import SMALL, try_dialog, visit
from tests.flows.buying import buy

pytestmark = pytest.mark.e2e

OTHER = "first-meeting"
LIBRARY = "family-trust-boundaries"
UNSOLD = "rolling-cash-forecast"
TAX_ID = "91350100M000100Y43"
"""The example of GB 32100-2015."""


def _look(window: Window) -> None:
    """The page as it is: nothing grave for axe, nothing wider than the window or too small for a finger."""
    expect(window.page.locator('[aria-busy="true"]')).to_have_count(0)
    assert window.findings() == []
    assert window.overflow() == 0
    assert window.page.evaluate(SMALL) == []


def _pay(window: Window) -> None:
    """Pays, after a look at the page that says how."""
    expect(window.page.get_by_text("等待付款结果")).to_be_visible()
    _look(window)
    window.pay()


def test_buy_now_then_watch(desk: Desk) -> None:
    person, window = desk.learner(), desk.window()
    page = window.page
    window.open_as(person, f"/courses/{OTHER}")
    page.get_by_role("button", name="立即购买").click()
    expect(page.get_by_role("heading", level=1, name="确认订单")).to_be_visible()
    _use_coupon(window)
    page.get_by_role("button", name="提交订单").click()
    _pay(window)
    expect(page.get_by_role("term").filter(has_text="优惠码 XUESHI-10")).to_be_visible()
    expect(page.get_by_text("¥61.20").first).to_be_visible()
    _look(window)
    page.goto(f"/courses/{OTHER}")
    expect(page.get_by_text("您已购买")).to_be_visible()
    page.get_by_role("button", name="开始学习").click()
    expect(page.get_by_test_id("begin")).to_be_visible()


def _use_coupon(window: Window) -> None:
    """Tries one that there is not, which is refused where it is typed, and then the demo's tenth off."""
    page, field = window.page, window.page.get_by_label("优惠码")
    field.fill("NO-SUCH-CODE")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("COUPON_NOT_FOUND")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("¥68.00").last).to_be_visible()
    _look(window)
    field.fill("ｘｕｅｓｈｌ 1O")
    field.press("Enter")
    expect(page.get_by_text("优惠码 XUESHI-10 已生效")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text("−¥6.80").last).to_be_visible()
    _look(window)


def test_a_cart_of_two_is_paid_and_one_of_them_refunded(desk: Desk) -> None:
    person, window = desk.learner(), desk.window("phone")
    page = window.page
    window.open_as(person, f"/courses/{OTHER}")
    page.get_by_role("button", name="加入购物车").click()
    expect(page.get_by_text("在您的购物车中")).to_be_visible()
    person.client.put(f"/v1/orders/cart/courses/{COURSE}", {}).accepted()
    page.get_by_role("button", name="去购物车").click()
    expect(page.get_by_role("button", name="结算（2）")).to_be_visible()
    _look(window)
    page.get_by_role("button", name="结算（2）").click()
    page.get_by_role("button", name="提交订单").click()
    page.wait_for_url(re.compile(r"/orders/\w+/pay$"))
    page.get_by_role("link", name="返回订单").click()
    page.get_by_role("button", name="取消订单").click()
    dialog = page.get_by_role("dialog")
    _look(window)
    # By keyboard: the dialog holds the focus, and Escape leaves everything as it was.
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="去付款").click()
    _pay(window)
    _give_back(window, "初次面谈")
    page.goto("/orders")
    expect(page.get_by_text("部分退款")).to_be_visible()
    _look(window)
    page.goto(f"/courses/{OTHER}")
    expect(page.get_by_role("button", name="立即购买")).to_be_visible()


def _give_back(window: Window, kept: str) -> None:
    """Has one line refunded, keeping the other."""
    page = window.page
    page.get_by_role("button", name="申请退款").click()
    dialog = page.get_by_role("dialog")
    _look(window)
    for box in dialog.get_by_role("checkbox").all():
        box.uncheck()
    dialog.get_by_role("checkbox", name=re.compile(kept)).check()
    dialog.get_by_role("button", name="确认退款").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("已退回")).to_be_visible()


def test_a_membership_changes_prices_and_opens_the_library(desk: Desk) -> None:
    person, window = desk.learner(), desk.window()
    page = window.page
    window.open_as(person, "/membership")
    expect(page.get_by_text("您还不是会员")).to_be_visible()
    _look(window)
    page.get_by_role("button", name="立即开通 VIP会员", exact=True).click()
    page.get_by_role("button", name="提交订单").click()
    _pay(window)
    order = page.url
    page.get_by_role("link", name="查看会员").click()
    expect(page.get_by_text("有效期至")).to_be_visible()
    page.goto(f"/courses/{COURSE}")
    expect(page.get_by_role("button", name="领取课程")).to_be_visible()
    page.goto(f"/courses/{LIBRARY}")
    expect(page.get_by_text("会员期内可免费观看")).to_be_visible()
    _end(window, order)


def _end(window: Window, order: str) -> None:
    """Has an unused membership refunded; then prices are as they were."""
    page = window.page
    page.goto(order)
    page.get_by_role("button", name="申请退款").click()
    page.get_by_role("dialog").get_by_role("button", name="确认退款").click()
    expect(page.get_by_text("已退回")).to_be_visible()
    _look(window)
    page.goto("/membership")
    expect(page.get_by_text("您还不是会员")).to_be_visible()
    page.goto(f"/courses/{LIBRARY}")
    expect(page.get_by_role("button", name="立即购买")).to_be_visible()


def test_an_invoice_is_asked_for_issued_and_downloaded(desk: Desk) -> None:
    person, window = desk.learner(), desk.window("phone")
    order_id = buy(desk.people, person.client, OTHER)
    page = window.page
    window.open_as(person, f"/orders/{order_id}")
    page.get_by_role("button", name="申请发票").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("企业").check()
    dialog.get_by_label("发票抬头").fill("晴川财富管理有限公司")
    dialog.get_by_role("button", name="提交申请").click()
    # A company has a tax id: nothing is sent, and its field has the focus.
    expect(dialog.get_by_label("税号")).to_be_focused()
    _look(window)
    dialog.get_by_label("税号").fill(TAX_ID)
    dialog.get_by_label("开票金额").fill("1.50")
    expect(dialog.get_by_text("以后可以再开")).to_be_visible()
    dialog.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("待开具")).to_be_visible()
    expect(page.get_by_text("¥1.50", exact=True)).to_be_visible()
    expect(page.get_by_text("还可开票")).to_be_visible()
    _look(window)
    _issue(desk, order_id)
    page.reload()
    expect(page.get_by_text("已开具")).to_be_visible()
    expect(page.get_by_text(number_of(order_id))).to_be_visible()
    _look(window)
    with page.expect_download() as downloaded:
        page.get_by_role("button", name="下载 PDF").click()
    assert downloaded.value.path().read_bytes() == CONTENT
    # A request for the rest is taken back before anybody has issued it.
    page.get_by_role("button", name="申请发票").click()
    dialog.get_by_label("发票抬头").fill("沈知远")
    dialog.get_by_role("button", name="提交申请").click()
    withdrawing = page.get_by_role("button", name="撤回申请")
    try_dialog(window, withdrawing)
    withdrawing.click()
    dialog.get_by_role("button", name="撤回申请").click()
    expect(page.get_by_text("未开具")).to_be_visible()
    expect(page.get_by_text("已开具")).to_be_visible()


def _issue(desk: Desk, order_id: str) -> None:
    """Finance finds the request, uploads its PDF and issues it."""
    window, row = found_by_finance(desk, order_id)
    expect(row).to_contain_text("晴川财富管理有限公司")
    _look(window)
    row.get_by_role("button", name="开具").click()
    dialog = window.page.get_by_role("dialog")
    dialog.get_by_label("发票号码").fill(number_of(order_id))
    dialog.get_by_label("发票 PDF").set_input_files(PDF)
    _look(window)
    dialog.get_by_role("button", name="开具").click()
    expect(dialog).to_be_hidden()
    expect(row).to_contain_text("已开具")


def test_the_shop_is_right_for_everybody(desk: Desk) -> None:
    person, window = desk.member(), desk.window()
    paid, due = buy(desk.people, person.client, OTHER), _order(person, UNSOLD)
    for course in (COURSE, "bond-duration"):
        person.client.put(f"/v1/orders/cart/courses/{course}", {}).accepted()
    page = window.page
    window.open_as(person, "/membership")
    visit(window)
    for path in ("/cart", "/checkout", "/checkout?plan=vip", "/orders", "/invoices", f"/orders/{due}/pay"):
        page.goto(path)
        visit(window)
    page.goto(f"/orders/{due}")
    visit(window)
    try_dialog(window, page.get_by_role("button", name="取消订单"))
    page.goto(f"/orders/{paid}")
    visit(window)
    for name in ("申请退款", "申请发票"):
        try_dialog(window, page.get_by_role("button", name=name))


def _order(person: Person, course_id: str) -> str:
    """An order that waits for its payment."""
    body = {"course_ids": [course_id], "coupon_code": None}
    quoted = person.client.post("/v1/orders/quotes", body).accepted()
    asked = {**body, "expected_fen": quoted["amount_fen"]}
    return str(person.client.post("/v1/orders/orders", asked).accepted()["order_id"])


def test_what_is_shown_where_there_is_nothing(desk: Desk) -> None:
    person, window = desk.learner(), desk.window("phone")
    window.open_as(person, "/cart")
    expect(window.page.get_by_text("购物车是空的")).to_be_visible()
    _look(window)
    said = {"/orders": "还没有订单", "/invoices": "还没有可以开票的订单", "/checkout": "没有可以结算的商品"}
    for path, words in said.items():
        window.page.goto(path)
        expect(window.page.get_by_text(words)).to_be_visible()
        _look(window)
