"""What the staff see and do with courses and hours: every page and dialog, and what comes of it."""

import csv
import io
import json
import re
from contextlib import suppress

import pytest
from playwright.sync_api import Download, FilePayload, Locator, Page, expect
from playwright.sync_api import TimeoutError as WaitedTooLong

from demo.people import PERIOD_START
from tests.e2e.learner import Desk
from tests.e2e.shop.conftest import TITLE, Watched
from tests.e2e.visit import at_work, give_reason, text_of, try_dialog, visit

pytestmark = pytest.mark.e2e

TRIES = 20


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
    expect(page.get_by_role("heading", level=1)).to_have_text("风险个案")
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
    page.goto("/staff/awards")
    page.get_by_label("查找学员").fill(watched.learner_id)
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text(TITLE).first).to_be_visible()
    visit(window)
    page.get_by_role("button", name="恢复有效").click()
    give_reason(page, "恢复有效", "说明可信")
    expect(page.get_by_text("有效", exact=True)).to_be_visible()


def _taken(page: Page, button: Locator) -> Download:
    """The evidence that a button gives. The log has it a minute or two after the watch; until then the page says so."""
    for _ in range(TRIES):
        with suppress(WaitedTooLong):
            with page.expect_download(timeout=10_000) as taken:
                button.click()
            return taken.value
    raise AssertionError("no evidence to be taken along")


def test_an_auditor_reads_ledgers_and_takes_the_evidence_along(desk: Desk, watched: Watched) -> None:
    window = at_work(desk, "auditor", "审计")
    page = window.page
    visit(window)
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_label("查找学员")).to_be_focused()
    page.get_by_label("查找学员").fill(watched.learner_id)
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("cell", name=re.compile(TITLE)).first).to_be_visible()
    visit(window)
    transcript = page.get_by_role("button", name="下载成绩单")
    try_dialog(window, transcript)
    transcript.click()
    with page.expect_download() as taken:
        give_reason(page, "下载", "抽查")
    assert TITLE in text_of(taken.value)
    evidence = _taken(page, page.get_by_role("table").get_by_role("button", name="下载").first)
    assert evidence.suggested_filename == f"evidence-{watched.watch_id}.json"
    assert {"pack", "proof"} < json.loads(text_of(evidence)).keys()
    with page.expect_download():
        page.get_by_role("button", name="下载 xAPI 记录").click()
    page.get_by_role("tab", name="按入账日期").click()
    expect(page.get_by_role("cell", name=re.compile(TITLE)).filter(visible=True).first).to_be_visible()
    visit(window)
    page.get_by_role("tab", name="如何核验").click()
    visit(window)


def test_a_learner_takes_the_evidence_along_and_it_is_accepted(desk: Desk, watched: Watched) -> None:
    window = desk.window()
    page = window.page
    window.open_as(watched.learner, "/hours")
    evidence = _taken(page, page.get_by_role("button", name="下载证据包与证明").first)
    page.goto("/check")
    page.get_by_label("选择文件").set_input_files(evidence.path())
    expect(page.get_by_role("status")).to_contain_text("通过：能够核对的各项都正确。")


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
    rows = list(csv.DictReader(io.StringIO(text_of(taken.value), newline="")))
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
    content = FilePayload(name="a.csv", mimeType="text/csv", buffer=file.getvalue().encode("utf-8-sig"))
    page.get_by_label("选择答复文件").set_input_files(content)
    page.get_by_label("理由").fill("机构答复")
    page.get_by_role("button", name="导入答复").click()


def test_an_editor_withdraws_a_course(desk: Desk) -> None:
    course_id = desk.people.publish(title="To be withdrawn", known=False)
    window = at_work(desk, "editor", "课程发布")
    page = window.page
    visit(window)
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_label("按课程编号查看")).to_be_focused()
    page.get_by_label("按课程编号查看").fill(course_id)
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("To be withdrawn")
    expect(page.get_by_role("button", name="下架")).to_be_visible()
    visit(window)
    withdrawing = page.get_by_role("button", name="下架")
    try_dialog(window, withdrawing)
    withdrawing.click()
    give_reason(page, "下架", "内容过期")
    expect(page.get_by_text("已下架")).to_be_visible()
    visit(window)
    assert desk.people.public.get(f"/v1/catalog/courses/{course_id}").accepted()["withdrawn"]
    visitor = desk.window().page
    visitor.goto(f"/courses/{course_id}")
    expect(visitor.get_by_role("button", name="已有此课程，登录观看")).to_be_visible()
