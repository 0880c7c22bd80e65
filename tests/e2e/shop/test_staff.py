"""What the staff see and do: each role's every page and dialog, and what comes of it at the other side of the desk."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from demo.people import PERIOD_START, give_name, learner_id_of
from local.seed import DOMAIN
from tests.e2e.learner import QUEUES_MS, Desk, Person, Window
from tests.e2e.visit import give_reason, try_dialog, visit
from tests.flows.buying import buy, over
from tests.flows.world import World, eventually

pytestmark = pytest.mark.e2e

TITLE = "Rebalancing a portfolio"
PDF = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}


@dataclass(frozen=True)
class Watched:
    """A course that a script has watched, so that there are a risk case, an award, a declaration and a review."""

    course_id: str
    learner: Person
    watch_id: str

    @property
    def learner_id(self) -> str:
        """The opaque id."""
        return learner_id_of(self.learner.client)


@pytest.fixture(scope="module")
def watched(people: World, browser: object) -> Watched:
    """Made once; every role looks at it from its side."""
    learner = Desk(browser, people).member()  # type: ignore[arg-type]
    course_id = people.publish(title=TITLE)
    people.claim(learner.client, course_id)
    watch_id = str(people.watch(learner.client, course_id)["watch_id"])
    eventually(lambda: people.staff("reviewer").get(f"/v1/playback/risk-cases/{watch_id}").ok)
    eventually(lambda: people.awards(learner.client))
    return Watched(course_id, learner, watch_id)


def at_work(desk: Desk, name: str, tool: str) -> Window:
    """The role's page, found from the workbench."""
    window = desk.window()
    window.enter(f"{name}@{DOMAIN}", "/staff")
    window.page.get_by_role("link", name=tool).click()
    expect(window.page.get_by_role("heading", level=1)).to_have_text(tool)
    return window


def test_a_reviewer_holds_hours_and_closes_the_case(desk: Desk, watched: Watched) -> None:
    window = at_work(desk, "reviewer", "风险复核")
    page = window.page
    page.go_back()
    expect(page.get_by_role("link", name="风险复核")).to_be_visible()
    visit(window)
    page.go_forward()
    expect(page.locator(f'a[href="/staff/risk/{watched.watch_id}"]')).to_be_visible()
    visit(window)
    page.locator(f'a[href="/staff/risk/{watched.watch_id}"]').click()
    expect(page.get_by_text("反应时间短于人的极限")).to_be_visible()
    visit(window)
    for name in ("暂扣", "收回", "标记为已复核"):
        try_dialog(window, page.get_by_role("button", name=name).first)
    page.get_by_role("button", name="暂扣").first.click()
    give_reason(page, "暂扣", "反应时间需要学员说明")
    expect(page.get_by_text("暂扣中")).to_be_visible()
    page.get_by_role("button", name="标记为已复核").click()
    give_reason(page, "标记为已复核", "已暂扣，待说明")
    expect(page.get_by_text("已复核", exact=True)).to_be_visible()
    notes = [entry["note"] for entry in desk.people.timeline(watched.learner.client)]
    assert "反应时间需要学员说明" in notes
    page.get_by_role("button", name="恢复有效").click()
    give_reason(page, "恢复有效", "说明可信")
    expect(page.get_by_text("有效", exact=True)).to_be_visible()


def test_an_auditor_reads_ledgers_and_takes_the_evidence_along(desk: Desk, watched: Watched) -> None:
    window = at_work(desk, "auditor", "审计")
    page = window.page
    visit(window)
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_label("学员编号")).to_be_focused()
    page.get_by_label("学员编号").fill(watched.learner_id)
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("cell", name=re.compile(TITLE)).first).to_be_visible()
    visit(window)
    transcript = page.get_by_role("button", name="下载成绩单")
    try_dialog(window, transcript)
    transcript.click()
    with page.expect_download() as taken:
        give_reason(page, "下载", "抽查")
    assert TITLE in _text(taken.value)
    with page.expect_download() as taken:
        page.get_by_role("table").get_by_role("button", name="下载").first.click()
    assert taken.value.suggested_filename == f"evidence-{watched.watch_id}.json"
    assert "signature" in _text(taken.value)
    with page.expect_download():
        page.get_by_role("button", name="下载 xAPI 记录").click()
    page.get_by_role("tab", name="按入账日期").click()
    expect(page.get_by_role("cell", name=re.compile(TITLE)).filter(visible=True).first).to_be_visible()
    visit(window)
    page.get_by_role("tab", name="如何核验").click()
    visit(window)


def test_records_close_a_batch_and_import_what_was_answered(desk: Desk, watched: Watched) -> None:
    declared = {"credential": "AFP", "period_start": PERIOD_START}
    watched.learner.client.post("/v1/credits/declarations", declared).accepted()
    window = at_work(desk, "records", "学时申报")
    page = window.page
    closing = page.get_by_role("button", name="关闭当前批次并导出")
    try_dialog(window, closing)
    closing.click()
    give_reason(page, "关闭当前批次并导出", "月度报送")
    expect(page.get_by_role("status")).to_contain_text("已关闭")
    visit(window)
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("cell", name=watched.learner_id)).to_be_visible()
    visit(window)
    with page.expect_download():
        page.get_by_role("button", name="下载对照表").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="下载申报文件").click()
    rows = list(csv.DictReader(io.StringIO(_text(taken.value), newline="")))
    page.get_by_role("button", name="导入答复").click()
    expect(page.get_by_label("选择答复文件")).to_be_focused()
    _answer(page, rows, "maybe")
    expect(page.get_by_role("alert")).to_contain_text("第 2 行")
    assert window.findings() == []
    _answer(page, rows, "denied")
    expect(page.get_by_role("status")).to_contain_text(f"不通过 {len(rows)}")
    told = watched.learner.client.get("/v1/credits/declarations").accepted()["declarations"]
    assert [(one["state"], one["reason"]) for one in told] == [("denied", "内容重复")]


def _answer(page: Page, rows: list[dict[str, str]], outcome: str) -> None:
    """Fills in what the certifying body would, and imports it."""
    result, reason = list(rows[0])[-2:]
    filled, file = [{**row, result: outcome, reason: "内容重复"} for row in rows], io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(filled)
    content = {"name": "a.csv", "mimeType": "text/csv", "buffer": file.getvalue().encode("utf-8-sig")}
    page.get_by_label("选择答复文件").set_input_files(content)  # type: ignore[arg-type]
    page.get_by_label("理由").fill("机构答复")
    page.get_by_role("button", name="导入答复").click()


def test_an_administrator_looks_after_a_learner(desk: Desk) -> None:
    person = desk.learner()
    order_id = _member(desk, person)
    give_name(person.client)
    certificate = {"credential": "AFP", "number": "AFP-20260501", "period_start": PERIOD_START}
    person.client.post("/v1/credits/certificates", certificate).accepted()
    window = at_work(desk, "admin", "学员管理")
    page = window.page
    page.get_by_label("学员编号").fill(learner_id_of(person.client))
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("button", name="确认", exact=True)).to_be_visible()
    visit(window)
    _certify(window)
    _enter_hours(window)
    _refund(window, order_id)
    granting = page.get_by_role("button", name="授予一期会员")
    try_dialog(window, granting)
    granting.click()
    give_reason(page, "授予一期会员", "补偿")
    expect(page.get_by_text("已授予")).to_be_visible()
    standing = person.client.get("/v1/orders/membership").accepted()
    assert (standing["active"], len(standing["periods"])) == (True, 1)
    entries = desk.people.timeline(person.client)
    assert [(entry["hours"], entry["note"]) for entry in entries] == [("1.5", "已核对签到表")]


def _member(desk: Desk, person: Person) -> str:
    """Buys a membership; answers the order's id."""
    (plan, *_) = desk.people.public.get("/v1/orders/plans").accepted()["plans"]
    body = {"plan": plan["id"], "expected_fen": plan["price_fen"]}
    order_id = str(person.client.post("/v1/orders/membership-orders", body).accepted()["order_id"])
    payment = person.client.send("PUT", f"/v1/orders/orders/{order_id}/payments/wechat_native").accepted()
    desk.people.system.payments.act(payment["qr_content"].rsplit("/", 1)[-1], "pay")
    eventually(lambda: person.client.get("/v1/orders/membership").accepted()["active"])
    return order_id


def _certify(window: Window) -> None:
    """Confirms the certificate, and renews it for the days that are proposed."""
    page = window.page
    confirming = page.get_by_role("button", name="确认", exact=True)
    try_dialog(window, confirming)
    confirming.click()
    give_reason(page, "确认", "已核对证书")
    renewing = page.get_by_role("button", name="续期")
    try_dialog(window, renewing)
    renewing.click()
    until = page.get_by_role("dialog").get_by_label("末日（含）").input_value()
    give_reason(page, "续期", "已核对续期凭证")
    expect(renewing).to_be_focused()
    expect(page.get_by_role("cell").filter(has_text=until)).to_be_visible()


def _enter_hours(window: Window) -> None:
    """Enters hours that were earned elsewhere; nothing is asked before all is filled in."""
    page = window.page
    entering = page.get_by_role("button", name="补录")
    entering.click()
    expect(page.get_by_label("学时", exact=True)).to_be_focused()
    expect(page.get_by_text("请填写活动或课程的名称")).to_be_visible()
    assert window.findings() == []
    page.get_by_label("学时", exact=True).fill("1.5")
    page.get_by_label("因何取得").fill("Case seminar")
    try_dialog(window, entering)
    entering.click()
    give_reason(page, "补录", "已核对签到表")
    expect(page.get_by_text("已为 AFP 补录 1.5 学时")).to_be_visible()


def _refund(window: Window, order_id: str) -> None:
    """Refunds the membership and sees that the money went back."""
    page = window.page
    refunding = page.get_by_role("button", name="退款")
    page.get_by_label("订单").fill("no order")
    refunding.click()
    expect(page.get_by_text("请填写完整的 32 位订单编号")).to_be_visible()
    page.get_by_label("订单").fill(order_id)
    try_dialog(window, refunding)
    refunding.click()
    give_reason(page, "退款", "协商退款")
    expect(page.get_by_text(re.compile("^退款 ¥.*已退款"))).to_be_visible(timeout=QUEUES_MS)


def test_an_editor_withdraws_a_course(desk: Desk) -> None:
    course_id = desk.people.publish(title="To be withdrawn", known=False)
    window = at_work(desk, "editor", "课程发布")
    page = window.page
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_label("按课程编号查看")).to_be_focused()
    expect(page.get_by_role("link", name="To be withdrawn")).to_be_visible()
    page.reload()
    visit(window)
    page.get_by_role("link", name="To be withdrawn").first.click()
    expect(page.get_by_text("在架")).to_be_visible()
    visit(window)
    withdrawing = page.get_by_role("button", name="下架")
    try_dialog(window, withdrawing)
    withdrawing.click()
    give_reason(page, "下架", "内容过期")
    expect(page.get_by_text("已下架")).to_be_visible()
    visit(window)
    assert desk.people.public.get(f"/v1/catalog/courses/{course_id}").accepted()["withdrawn"]


def test_an_enquiry_is_answered_and_closed(desk: Desk) -> None:
    person = desk.learner()
    asked = {"subject": "When do hours arrive?", "text": "I watched it all."}
    person.client.post("/v1/catalog/enquiries", asked).accepted()
    window = at_work(desk, "support", "咨询与客服")
    page = window.page
    visit(window)
    page.get_by_role("link", name=re.compile(asked["subject"])).first.click()
    expect(page.get_by_text(asked["text"])).to_be_visible()
    visit(window)
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_label("答复学员")).to_be_focused()
    expect(page.get_by_text("请写下答复。")).to_be_visible()
    page.get_by_label("答复学员").fill("Within a minute.")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("已答复")).to_be_visible()
    learners = desk.window("phone")
    learners.open_as(person, "/support")
    learners.page.get_by_role("link", name=re.compile(asked["subject"])).click()
    expect(learners.page.get_by_text("Within a minute.")).to_be_visible()
    closing = page.get_by_role("button", name="结束咨询")
    try_dialog(window, closing)
    closing.click()
    give_reason(page, "结束咨询", "已解决")
    expect(page.get_by_text("已结束", exact=True)).to_be_visible()
    visit(window)
    learners.page.reload()
    expect(learners.page.get_by_text("已结束", exact=True)).to_be_visible()


def test_a_reported_review_is_hidden_from_all_but_its_author(desk: Desk, watched: Watched) -> None:
    course, text = f"/courses/{watched.course_id}", "Write to me for the slides."
    review = {"display_name": "Lin", "stars": 2, "text": text}
    watched.learner.client.put(f"/v1/catalog/reviews/{watched.course_id}", review).accepted()
    reading = desk.window("phone")
    reading.open_as(desk.learner(), course)
    _reviews(reading)
    reading.page.get_by_role("button", name="举报").click()
    give_reason(reading.page, "举报", "an advertisement")
    expect(reading.page.get_by_text("已举报")).to_be_visible()
    window = at_work(desk, "moderator", "评价审核")
    page = window.page
    reported = page.get_by_role("listitem").filter(has_text=text)
    expect(reported).to_contain_text("an advertisement")
    visit(window)
    for name in ("隐藏评价", "保留评价"):
        try_dialog(window, reported.get_by_role("button", name=name))
    reported.get_by_role("button", name="隐藏评价").click()
    give_reason(page, "隐藏评价", "含有联系方式")
    expect(page.get_by_role("status")).to_contain_text("已隐藏“Lin”的评价")
    expect(reported).to_be_hidden()
    visit(window)
    visitors = desk.window("phone")
    visitors.page.goto(course)
    _reviews(visitors)
    expect(visitors.page.get_by_text("还没有评价")).to_be_visible()
    expect(visitors.page.get_by_text(text)).to_be_hidden()
    authors = desk.window("phone")
    authors.open_as(watched.learner, course)
    _reviews(authors)
    expect(authors.page.get_by_text(text)).to_be_visible()
    expect(authors.page.get_by_text("含有联系方式")).to_be_visible()


def _reviews(window: Window) -> None:
    window.page.get_by_role("tab", name="用户评价").click()


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
    expect(page.get_by_role("heading", name="报告与清单")).to_be_visible(timeout=QUEUES_MS)
    visit(window)
    with page.expect_download() as taken:
        page.get_by_role("button", name=re.compile(r"^下载 orders-.*csv")).click()
    assert "order_id" in _text(taken.value)
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
    expect(page.get_by_text("文件无法识别")).to_be_visible(timeout=QUEUES_MS)
    page.get_by_label("账单文件").set_input_files([])
    reconciling.click()
    give_reason(page, "对账", "daily")
    # The newest is first.
    _first_row(page).click()
    expect(page.get_by_role("heading", name="报告与清单")).to_be_visible(timeout=QUEUES_MS)
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
    window = desk.window()
    page = window.page
    page.goto("/sign-in?to=/staff/finance?tab=invoices")
    window.sign_in(f"finance@{DOMAIN}")
    row = page.get_by_role("row").filter(has_text=order_id)
    expect(row).to_contain_text("待开具")
    visit(window)
    for name in ("开具", "驳回"):
        try_dialog(window, row.get_by_role("button", name=name))
    number = _issue(page, order_id)
    expect(row).to_contain_text(number)
    asked = person.client.post(f"/v1/orders/orders/{order_id}/refunds", {}).accepted()
    over(person.client, f"/v1/orders/refunds/{asked['refund_id']}")
    _red_letter(window, order_id)
    _resend(window, order_id)


def _issue(page: Page, order_id: str) -> str:
    """Issues the order's invoice; what is no PDF is not sent. Answers its number."""
    number = f"{int(order_id[-12:], 16) % 10**20:020}"
    dialog = page.get_by_role("dialog")
    page.get_by_role("row").filter(has_text=order_id).get_by_role("button", name="开具").click()
    dialog.get_by_label("发票号码").fill(number)
    dialog.get_by_label("发票 PDF").set_input_files({**PDF, "buffer": b"PK"})  # type: ignore[arg-type]
    dialog.get_by_role("button", name="开具").click()
    expect(dialog.get_by_text("请选择不超过 5 MB 的 PDF 文件")).to_be_visible()
    dialog.get_by_label("发票 PDF").set_input_files(PDF)  # type: ignore[arg-type]
    dialog.get_by_role("button", name="开具").click()
    expect(dialog).to_be_hidden()
    return number


def _red_letter(window: Window, order_id: str) -> None:
    """Notes the red letter of the refunded order's invoice."""
    page = window.page
    page.get_by_label("状态").filter(visible=True).select_option("red_needed")
    row = page.get_by_role("row").filter(has_text=order_id)
    noting = row.get_by_role("button", name="登记红冲")
    # The refund has to reach the invoice.
    expect(noting).to_be_visible(timeout=QUEUES_MS)
    try_dialog(window, noting)
    noting.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("红字发票号码").fill(f"{int(order_id[-12:], 16) % 10**8:08}")
    dialog.get_by_role("button", name="登记红冲").click()
    expect(dialog).to_be_hidden()
    page.get_by_label("状态").filter(visible=True).select_option("")
    expect(row).to_contain_text("已红冲")


def _resend(window: Window, order_id: str) -> None:
    """A refund that failed at the provider can be sent again; one that did not is refused, and says so."""
    page = window.page

    def failed(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        found = answer.json()
        for one in found["refunds"]:
            one["status"] = "failed"
        route.fulfill(response=answer, json=found)  # type: ignore[attr-defined]

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


def _first_row(page: Page) -> object:
    return page.get_by_role("table").filter(visible=True).get_by_role("link").first


def _today(page: Page) -> str:
    """In Shanghai, as the page tells it."""
    style = "{ timeZone: 'Asia/Shanghai', dateStyle: 'short' }"
    return str(page.evaluate(f"() => new Intl.DateTimeFormat('sv-SE', {style}).format(new Date())"))


def _text(taken: Download) -> str:
    return Path(taken.path()).read_text(encoding="utf-8-sig")
