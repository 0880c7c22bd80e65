"""What finance sees and does: every page and dialog, and what comes of it."""

import re

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.e2e.learner import Desk, Window
from tests.e2e.shop.conftest import Watched
from tests.e2e.shop.invoices import PDF, found_by_finance, number_of
from tests.e2e.visit import at_work, give_reason, text_of, try_dialog, visit
from tests.flows.buying import buy, over

pytestmark = pytest.mark.e2e


def test_finance_exports_reconciles_and_makes_coupons(desk: Desk, watched: Watched) -> None:
    buy(desk.people, desk.learner().client, watched.course_id)
    window = at_work(desk, "finance", "财务")
    page = window.page
    visit(window)
    page.get_by_role("tab", name="导出").click()
    page.get_by_label("到").filter(visible=True).fill(_today(page))
    exporting = page.get_by_role("button", name="申请导出")
    try_dialog(window, exporting)
    exporting.click()
    give_reason(page, "申请导出", "monthly")
    _first_row(page).click()
    expect(page.get_by_role("heading", name="报告与清单")).to_be_visible()
    visit(window)
    with page.expect_download() as taken:
        page.get_by_role("button", name=re.compile(r"^下载 orders-.*csv")).click()
    assert "order_id" in text_of(taken.value)
    page.get_by_role("link", name="返回财务").click()
    visit(window)
    page.get_by_role("tab", name="对账").click()
    _reconcile(window)
    page.get_by_role("link", name="返回财务").click()
    visit(window)
    page.get_by_role("tab", name="优惠码").click()
    _make_coupon(window)


def _reconcile(window: Window) -> None:
    """Compares a statement that is none, then the provider's own."""
    page = window.page
    page.get_by_label("日期").filter(visible=True).fill(_today(page))
    reconciling = page.get_by_role("button", name="对账", exact=True)
    page.get_by_label("账单文件").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"nonsense"})
    try_dialog(window, reconciling)
    reconciling.click()
    give_reason(page, "对账", "uploaded")
    expect(page.get_by_text("文件无法识别")).to_be_visible()
    page.get_by_label("账单文件").set_input_files([])
    reconciling.click()
    give_reason(page, "对账", "daily")
    # The newest is first.
    _first_row(page).click()
    expect(page.get_by_role("heading", name="报告与清单")).to_be_visible()
    visit(window)


def _make_coupon(window: Window) -> None:
    """Makes a coupon and withdraws it."""
    page = window.page
    making = page.get_by_role("button", name="新建优惠码").first
    making.click()
    form = page.locator("form").filter(visible=True)
    expect(form.get_by_label("名称")).to_be_focused()
    visit(window)
    form.get_by_role("button", name="新建优惠码").click()
    expect(form.get_by_text("请填写大于 0 的金额")).to_be_visible()
    assert window.findings() == []
    form.get_by_label("名称").fill("Year's end")
    form.get_by_label("减多少元").fill("20")
    form.get_by_label("理由").fill("campaign")
    form.get_by_role("button", name="新建优惠码").click()
    expect(page.get_by_text("已生效")).to_be_visible()
    expect(making).to_be_focused()
    row = page.get_by_role("row").filter(has_text="Year's end")
    try_dialog(window, row.get_by_role("button", name="停用"))
    row.get_by_role("button", name="停用").click()
    give_reason(page, "停用", "campaign is over")
    expect(row).to_contain_text("已停用")
    visit(window)


def test_finance_deals_with_invoices_and_refunds(desk: Desk, watched: Watched) -> None:
    person = desk.learner()
    order_id = buy(desk.people, person.client, watched.course_id)
    wanted = {"buyer_kind": "person", "title": "Lin"}
    person.client.post(f"/v1/orders/orders/{order_id}/invoices", wanted).accepted()
    window, row = found_by_finance(desk, order_id)
    page = window.page
    expect(row).to_contain_text("待开具")
    visit(window)
    for name in ("开具", "驳回"):
        try_dialog(window, row.get_by_role("button", name=name))
    _issue(page, order_id)
    expect(row).to_contain_text(number_of(order_id))
    asked = person.client.post(f"/v1/orders/orders/{order_id}/refunds", {}).accepted()
    over(person.client, f"/v1/orders/refunds/{asked['refund_id']}")
    _red_letter(window, order_id)
    _resend(window, order_id)


def _issue(page: Page, order_id: str) -> None:
    """Issues the order's invoice; what is no PDF is not sent."""
    dialog = page.get_by_role("dialog")
    page.get_by_role("row").filter(has_text=order_id).get_by_role("button", name="开具").click()
    dialog.get_by_label("发票号码").fill(number_of(order_id))
    dialog.get_by_label("发票 PDF").set_input_files(FilePayload(name="a.pdf", mimeType="application/pdf", buffer=b"PK"))
    dialog.get_by_role("button", name="开具").click()
    expect(dialog.get_by_text("请选择不超过 5 MB 的 PDF 文件")).to_be_visible()
    dialog.get_by_label("发票 PDF").set_input_files(PDF)
    dialog.get_by_role("button", name="开具").click()
    expect(dialog).to_be_hidden()


def _red_letter(window: Window, order_id: str) -> None:
    """Notes the red letter of the refunded order's invoice."""
    page = window.page
    page.get_by_label("状态").filter(visible=True).select_option("red_needed")
    row = page.get_by_role("row").filter(has_text=order_id)
    noting = row.get_by_role("button", name="登记红冲")
    # The refund has to reach the invoice.
    expect(noting).to_be_visible()
    try_dialog(window, noting)
    noting.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("红字发票号码").fill(f"1{number_of(order_id)[1:]}")
    dialog.get_by_role("button", name="登记红冲").click()
    expect(dialog).to_be_hidden()
    page.get_by_label("状态").filter(visible=True).select_option("")
    expect(row).to_contain_text("已红冲")


def _resend(window: Window, order_id: str) -> None:
    """A refund that failed at the provider can be sent again; one that did not is refused, and says so."""
    page = window.page

    def failed(route: Route) -> None:
        answer = route.fetch()
        found = answer.json()
        for one in found["refunds"]:
            one["status"] = "failed"
        route.fulfill(response=answer, json=found)

    page.route(re.compile(r"/v1/orders/finance/refunds\?"), failed)
    page.get_by_role("tab", name="退款").click()
    resending = page.get_by_role("row").filter(has_text=order_id).get_by_role("button", name="重新提交")
    expect(resending).to_be_visible()
    visit(window)
    try_dialog(window, resending)
    resending.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("理由").fill("again")
    dialog.get_by_role("button", name="重新提交").click()
    expect(dialog.get_by_role("alert")).to_contain_text("REFUND_NOT_FAILED")
    assert window.findings() == []


def _first_row(page: Page) -> Locator:
    return page.get_by_role("table").filter(visible=True).get_by_role("link").first


def _today(page: Page) -> str:
    """In Shanghai, as the page tells it."""
    style = "{ timeZone: 'Asia/Shanghai', dateStyle: 'short' }"
    return str(page.evaluate(f"() => new Intl.DateTimeFormat('sv-SE', {style}).format(new Date())"))
