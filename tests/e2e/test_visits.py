"""Every page of the learners is right for everybody: by keyboard, by screen reader, on a phone, and in English."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.learner import COURSE, Desk
from tests.e2e.visit import try_dialog, visit

pytestmark = pytest.mark.e2e

PUBLIC = (
    "/",
    "/search?q=风险",
    "/search?q=zzzz",
    "/sign-in",
    "/register",
    "/reset-password",
    "/recovery",
    "/membership",
    "/support",
    "/proof",
    "/verify",
    "/check",
    "/developers",
    "/no-such-page",
)
OWN = (
    "/account",
    "/profile",
    "/hours",
    "/plan",
    "/notices",
    "/support",
    "/identities",
    "/sign-ins",
    "/account/data",
    "/second-factor",
    "/notes",
    "/favourites",
)
VECTORS = Path(__file__).parents[2] / "docs" / "evidence-vectors"
TABS = ("讲师介绍", "要点回顾", "用户评价", "内容总结")


def test_what_visitors_see(desk: Desk) -> None:
    window = desk.window()
    page = window.page
    for path in PUBLIC:
        page.goto(path)
        visit(window)
    page.goto("/hours")
    expect(page).to_have_url("/sign-in?to=/hours")
    page.goto("/verify/no-such-code")
    expect(page.get_by_role("alert")).to_contain_text("ATTESTATION_NOT_FOUND")
    # What was typed stays there to be corrected.
    expect(page.get_by_label("证书编号")).to_have_value("no-such-code")
    visit(window, alerts=1)


def test_a_file_is_checked_without_the_network(desk: Desk) -> None:
    window = desk.window()
    page = window.page
    page.goto("/check")
    expect(page.get_by_text("/v1/playback/log/policy 取得")).to_be_visible()
    page.wait_for_load_state("networkidle")
    window.page.context.set_offline(True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    picker = page.get_by_label("选择文件")
    # The banner that there is no network is another one.
    verdict = page.get_by_role("status").filter(has_not_text="网络不通")
    for name, said in {
        "genuine-pack": "通过，但以您给出的公钥或名单为准",
        "changed-pack": "签名不正确",
        "not-in-the-log": "日志中没有它",
        "cosigned-by-nobody": "见证方人数不足",
        "genuine-certificate": "AFP 1.5 学时",
    }.items():
        picker.set_input_files([VECTORS / file for file in (f"{name}.json", "jwks.json", "policy.txt")])
        expect(verdict).to_contain_text(said)
    assert asked == []
    window.page.context.set_offline(False)
    visit(window)


def test_every_tab_of_a_course(desk: Desk) -> None:
    window = desk.window()
    page = window.page
    page.goto(f"/courses/{COURSE}")
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        visit(window)


def test_what_a_new_learner_sees(desk: Desk) -> None:
    window, (first, *others) = desk.window(), OWN
    window.open_as(desk.learner(), first)
    visit(window)
    for path in others:
        window.page.goto(path)
        visit(window)


def test_the_rules_are_read_before_claiming_and_before_watching(desk: Desk) -> None:
    window, person = desk.window(), desk.member()
    page = window.page
    window.open_as(person, f"/courses/{COURSE}")
    try_dialog(window, page.get_by_role("button", name="领取课程"))
    window.claim()
    page.get_by_role("button", name="开始学习").click()
    expect(page.get_by_test_id("begin")).to_be_visible()
    visit(window)


def test_a_question_on_a_course_is_answered(desk: Desk) -> None:
    window, person = desk.window(), desk.learner()
    page = window.page
    window.open_as(person, f"/courses/{COURSE}")
    page.get_by_role("link", name="课程咨询").click()
    expect(page.get_by_role("link", name="二十秒讲清一个风险等级")).to_be_visible()
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_label("主题")).to_be_focused()
    page.get_by_label("主题").fill("完成以后还能再看吗")
    page.get_by_label("内容").fill("会不会再次计学时？")
    page.get_by_role("button", name="发送").click()
    page.wait_for_url("**/support/*")
    expect(page.get_by_text("待答复")).to_be_visible()
    enquiry_id = page.url.rsplit("/", 1)[-1]
    answer = {"text": "可以随时再看；同一周期不会重复计学时。"}
    desk.people.staff("support").post(f"/v1/catalog/enquiries/{enquiry_id}/messages", answer).accepted()
    page.goto("/support")
    expect(page.get_by_text("1 条新消息")).to_be_visible()
    visit(window)
    page.get_by_role("link", name="完成以后还能再看吗").click()
    expect(page.get_by_text(answer["text"])).to_be_visible()
    visit(window)
    ending = page.get_by_role("button", name="结束咨询")
    try_dialog(window, ending)
    ending.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("理由").fill("已经明白了")
    dialog.get_by_role("button", name="结束咨询").click()
    expect(page.get_by_text("已结束", exact=True)).to_be_visible()
