"""What the staff see and do for learners: every page and dialog, and what the learner sees of it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from demo.people import PERIOD_START, give_name, learner_id_of
from tests.e2e.learner import Desk, Person, Window
from tests.e2e.shop.conftest import Watched
from tests.e2e.visit import at_work, give_reason, try_dialog, visit
from tests.flows.world import eventually

pytestmark = pytest.mark.e2e


def test_an_administrator_looks_after_a_learner(desk: Desk) -> None:
    person = desk.learner()
    order_id = _member(desk, person)
    give_name(person.client)
    certificate = {"credential": "AFP", "number": f"AFP-{uuid4().hex[:8]}", "period_start": PERIOD_START}
    person.client.post("/v1/credits/certificates", certificate).accepted()
    window = at_work(desk, "admin", "学员管理")
    page = window.page
    page.get_by_label("查找学员").fill(learner_id_of(person.client))
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("button", name="确认", exact=True)).to_be_visible()
    visit(window)
    _certify(window)
    _look_at(window, "观看")
    _look_at(window, "学时")
    _enter_hours(window)
    _look_at(window, "沟通")
    _look_at(window, "登录与数据")
    _take_data(window)
    _look_at(window, "拥有")
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


def _look_at(window: Window, side: str) -> None:
    """Another side of the learner, which is right for everybody."""
    window.page.get_by_role("tab", name=side, exact=True).click()
    expect(window.page.locator('[aria-busy="true"]')).to_have_count(0)
    visit(window)


def _take_data(window: Window) -> None:
    """Exports all that is held; an erasure is not begun by mistake."""
    page = window.page
    exporting = page.get_by_role("button", name="导出个人信息")
    try_dialog(window, exporting)
    exporting.click()
    with page.expect_download() as taken:
        give_reason(page, "导出个人信息", "本人书面申请")
    assert json.loads(taken.value.path().read_text("utf-8")).keys() >= {"catalog", "credits", "orders", "playback"}
    erasing = page.get_by_role("button", name="删除个人信息")
    try_dialog(window, erasing)
    erasing.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("前 8 位").fill("00000000")
    dialog.get_by_role("button", name="删除个人信息", exact=True).click()
    expect(dialog.get_by_text("与这位学员的编号不符")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


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
    expect(page.get_by_role("textbox", name="学时", exact=True)).to_be_focused()
    expect(page.get_by_text("请填写活动或课程的名称")).to_be_visible()
    assert window.findings() == []
    page.get_by_role("textbox", name="学时", exact=True).fill("1.5")
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
    page.get_by_label("订单").fill("0" * 32)
    refunding.click()
    expect(page.get_by_role("alert")).to_contain_text("ORDER_NOT_FOUND")
    page.get_by_label("订单").fill(order_id)
    try_dialog(window, refunding)
    refunding.click()
    give_reason(page, "退款", "协商退款")
    expect(page.get_by_text(re.compile("^退款 ¥.*已退款"))).to_be_visible()


def test_certificates_that_wait_are_found_confirmed_and_returned(desk: Desk) -> None:
    right, wrong = _registered(desk), _registered(desk)
    window = at_work(desk, "admin", "待确认证书")
    page = window.page
    visit(window)
    page.get_by_label(f"选择 AFP {wrong.number}").check()
    page.get_by_label(f"选择 AFP {right.number}").check()
    confirming = page.get_by_role("button", name="确认所选（2）")
    try_dialog(window, confirming)
    page.get_by_label(f"选择 AFP {wrong.number}").uncheck()
    page.get_by_role("button", name="确认所选（1）").click()
    give_reason(page, "确认", "已核对证书")
    expect(page.get_by_label(f"选择 AFP {right.number}")).to_have_count(0)
    page.get_by_role("row").filter(has_text=wrong.number).get_by_role("button", name="退回").click()
    give_reason(page, "退回", "查无此编号")
    expect(page.get_by_label(f"选择 AFP {wrong.number}")).to_have_count(0)
    learners = desk.window("phone")
    learners.open_as(wrong.person, "/hours")
    expect(learners.page.get_by_text("查无此编号")).to_be_visible()
    learners.page.get_by_text("更正或补充后再次提交").click()
    assert learners.findings() == []
    learners.page.get_by_label("证书编号").first.fill(f"{wrong.number}-A")
    learners.page.get_by_role("button", name="提交").first.click()
    expect(learners.page.get_by_text("查无此编号")).to_have_count(0)
    page.reload()
    expect(page.get_by_label(f"选择 AFP {wrong.number}-A")).to_be_visible()
    eventually(lambda: _titles(wrong.person) == ["AFP 证书暂未确认，请更正或补充"])
    eventually(lambda: _titles(right.person) == ["AFP 证书已确认"])


def test_a_certificate_with_its_picture_is_found_looked_at_and_confirmed(desk: Desk, tmp_path: Path) -> None:
    person, number = desk.learner(), f"AFP-{uuid4().hex[:8]}"
    give_name(person.client)
    learners = desk.window("phone")
    learners.open_as(person, "/account")
    shown = learners.page.get_by_text("学员编号").locator("code").inner_text()
    assert shown == learner_id_of(person.client)[:8]
    learners.page.get_by_role("button", name="复制学员编号").click()
    picture = tmp_path / "certificate.png"
    learners.page.screenshot(path=picture)
    learners.page.goto("/hours")
    _send(learners, number, picture)

    window = at_work(desk, "admin", "学员管理")
    page = window.page
    for known in (number, shown):
        page.goto("/staff/learners")
        page.get_by_label("查找学员").fill(known)
        page.get_by_label("按").select_option("certificate_number" if known == number else "learner_id")
        page.get_by_role("button", name="查看").click()
        page.wait_for_url(f"**/staff/learners/{learner_id_of(person.client)}")
    page.goto("/staff/certificates")
    row = page.get_by_role("row").filter(has_text=number)
    looking = row.get_by_role("button", name="查看照片")
    try_dialog(window, looking)
    looking.click()
    image = page.get_by_role("img", name=f"学员上传的证书照片，编号 {number}")
    expect(image).to_be_visible()
    assert image.evaluate("(image) => image.naturalWidth") > 0
    assert window.findings() == []
    page.keyboard.press("Escape")
    row.get_by_role("button", name="确认", exact=True).click()
    give_reason(page, "确认", "已核对照片")
    expect(row).to_have_count(0)
    assert person.client.get("/v1/credits/certificates/AFP/picture").code == "PICTURE_GONE"
    s3 = desk.people.system.client("s3")
    (bucket,) = [b["Name"] for b in s3.list_buckets()["Buckets"] if "-pictures-" in b["Name"]]
    of_learner = f"kept/{learner_id_of(person.client)}/"
    eventually(lambda: s3.list_objects_v2(Bucket=bucket, Prefix=of_learner)["KeyCount"] == 0)


def _send(window: Window, number: str, picture: Path) -> None:
    """Registers a certificate with a picture, after one that is none."""
    page = window.page
    form = page.locator("form").filter(has=page.get_by_label("证书照片（选填）")).first
    chooser = form.get_by_label("证书照片（选填）")
    chooser.set_input_files({"name": "certificate.jpg", "mimeType": "image/jpeg", "buffer": b"<html>"})
    expect(form.get_by_text("浏览器无法显示这个文件")).to_be_visible()
    chooser.set_input_files(picture)
    form.get_by_label("证书编号").fill(number)
    form.get_by_label("周期").fill(PERIOD_START)
    form.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已收到证书照片")).to_be_visible()
    assert window.findings() == []


@dataclass(frozen=True)
class Registered:
    """Somebody whose certificate waits."""

    person: Person
    number: str


def _registered(desk: Desk) -> Registered:
    person, number = desk.learner(), f"AFP-{uuid4().hex[:8]}"
    give_name(person.client)
    registration = {"credential": "AFP", "number": number, "period_start": PERIOD_START, "proof": "证书照片已寄"}
    person.client.post("/v1/credits/certificates", registration).accepted()
    return Registered(person, number)


def _titles(person: Person) -> list[str]:
    return [notice["title"] for notice in person.client.get("/v1/credits/notices").accepted()["notices"]]


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
    _shown_again(window, text)


def _shown_again(window: Window, text: str) -> None:
    """The moderator finds what was decided, and changes the decision."""
    page = window.page
    page.get_by_label("状态").select_option("decided")
    reported = page.get_by_role("listitem").filter(has_text=text)
    expect(reported).to_contain_text("含有联系方式")
    visit(window)
    showing = reported.get_by_role("button", name="恢复显示")
    try_dialog(window, showing)
    showing.click()
    give_reason(page, "恢复显示", "作者已修改")
    expect(page.get_by_role("status")).to_contain_text("已恢复显示")
    expect(reported.get_by_role("button", name="隐藏评价")).to_be_visible()


def _reviews(window: Window) -> None:
    window.page.get_by_role("tab", name="用户评价").click()
