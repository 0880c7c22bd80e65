"""A stranger's whole way: register, complete the profile, join, claim, watch, have hours and a certificate."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from demo.people import PERIOD_START, learner_id_of
from local.seed import DOMAIN, PASSWORD
from tests.e2e.learner import COURSE, Desk, Window
from tests.e2e.test_account import CODE, fill
from tests.e2e.visit import try_dialog, visit

pytestmark = pytest.mark.e2e

NAME = "欧阳知行"
EDITED = "二十秒讲得清楚，例子还可以再多一个。"
PROFILE = {
    "username": "zhixing",
    "nickname": "知行",
    "real_name": NAME,
    "birthday": "1990-05-17",
    "employer": "远山银行",
}

NUMBER = f"AFP-{uuid4().hex[:8]}"
"""Of this run: a number is one person's for good."""


def test_from_registering_to_a_verified_certificate(desk: Desk) -> None:
    window, email = desk.window(), f"journey-{uuid4().hex[:12]}@{DOMAIN}"
    page = window.page
    _register(page, email)
    _complete_profile(window)
    _register_certificate(window)
    _confirm_certificate(desk, email)
    window.join()
    page.goto(f"/courses/{COURSE}")
    # A complete profile is not reminded of.
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("complementary", name="资料提醒")).to_be_hidden()
    window.claim()
    window.watch_to_the_hours()
    _declare(window)
    verifying = _verified(desk, _certificate(window))
    _told(window)
    _found(window)
    _reviewed(window)
    _reported(desk)
    _revoked(desk, email, verifying)


def _register(page: Page, email: str) -> None:
    page.goto("/register?to=/profile")
    fill(page, email=email, password=PASSWORD)
    expect(page.get_by_text(email)).to_be_visible()
    fill(page, code=CODE)
    page.wait_for_url("**/profile")


def _complete_profile(window: Window) -> None:
    page = window.page
    expect(page.get_by_text("资料还差 6 项")).to_be_visible()
    assert window.findings() == []
    fill(page, **{**PROFILE, "real_name": "x"})
    expect(page.get_by_text("请填写真实姓名")).to_be_visible()
    assert window.findings() == []
    fill(page, real_name=NAME)
    expect(page.get_by_text("资料已完整")).to_be_visible()


def _register_certificate(window: Window) -> None:
    page = window.page
    page.goto("/hours")
    expect(page.get_by_text("还没有登记证书")).to_be_visible()
    page.get_by_label("证书编号").fill(NUMBER)
    page.get_by_label("本周期开始日期").fill(PERIOD_START)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("待确认")).to_be_visible()
    assert window.findings() == []
    assert window.overflow() <= 0


def _confirm_certificate(desk: Desk, email: str) -> None:
    """What staff do meanwhile."""
    learner_id = learner_id_of(desk.people.public.sign_in(email, PASSWORD))
    path = f"/v1/credits/learners/{learner_id}/certificates/AFP/confirmation"
    desk.people.admin.post(path, {"reason": "seen the certificate"}).accepted()


def _declare(window: Window) -> None:
    page = window.page
    declaring = page.get_by_role("button", name="申报学时")
    try_dialog(window, declaring)
    declaring.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(NUMBER)
    dialog.get_by_role("button", name="确认申报").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("tab", name="申报记录").click()
    expect(page.get_by_text("将随下一批次报送")).to_be_visible()
    expect(page.get_by_role("button", name="申报学时")).to_be_hidden()
    assert window.findings() == []


def _certificate(window: Window) -> str:
    """Takes the certificate along; answers its code, as the learner's account names it."""
    page = window.page
    page.get_by_role("tab", name="时间线").click()
    visit(window)
    with (
        page.expect_download() as taken,
        page.expect_response(lambda answer: answer.url.endswith("/v1/credits/attestations")) as issued,
    ):
        page.get_by_role("button", name="下载 PDF").first.click()
    assert taken.value.path().read_bytes().startswith(b"%PDF-")
    return str(issued.value.json()["code"])


def _verified(desk: Desk, code: str) -> Window:
    """Somebody else, who is not signed in, looks the certificate up."""
    window = desk.window("phone")
    window.page.goto("/verify")
    window.page.get_by_role("textbox").first.fill(code)
    window.page.get_by_role("button", name="查验").click()
    expect(window.page.get_by_text("有效", exact=True)).to_be_visible()
    visit(window)
    window.page.get_by_label("证书上的姓名").fill("别人")
    window.page.get_by_role("button", name="核对姓名").click()
    expect(window.page.get_by_text("姓名不一致")).to_be_visible()
    window.page.get_by_label("证书上的姓名").fill(NAME)
    window.page.get_by_role("button", name="核对姓名").click()
    expect(window.page.get_by_text("姓名一致")).to_be_visible()
    return window


def _revoked(desk: Desk, email: str, verifying: Window) -> None:
    """A reviewer takes the award back: whoever looks its certificate up learns of it."""
    learner = desk.people.public.sign_in(email, PASSWORD)
    (award,) = desk.people.awards(learner)
    path = f"/v1/credits/learners/{learner_id_of(learner)}/awards/{award['number']}/review"
    desk.people.staff("reviewer").post(path, {"standing": "void", "reason": "不是本人观看"}).accepted()
    verifying.page.reload()
    expect(verifying.page.get_by_text("已撤销")).to_be_visible()
    assert verifying.findings() == []


def _told(window: Window) -> None:
    """The inbox tells of the hours."""
    page = window.page
    page.goto("/notices")
    expect(page.get_by_role("listitem").first).to_be_visible()
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.get_by_role("button", name="全部标为已读")).to_be_hidden()
    visit(window)


def _found(window: Window) -> None:
    """The search finds the course by a part of its title, among those of the certificate."""
    page = window.page
    page.goto("/")
    page.get_by_role("combobox").fill("风险")
    page.get_by_role("search").get_by_role("button", name="搜索").click()
    page.wait_for_url("**/search?q=*")
    page.get_by_label("证书").select_option("AFP")
    page.wait_for_url("**credential=AFP*")
    expect(page.locator(f'a[href="/courses/{COURSE}"]')).to_be_visible()
    assert window.findings() == []
    page.locator(f'a[href="/courses/{COURSE}"]').click()


def _reviewed(window: Window) -> None:
    """Who completed the course says what they think, under a name of their choice."""
    page = window.page
    page.get_by_role("tab", name="用户评价").click()
    page.get_by_role("button", name="写评价").click()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("请选择星级")).to_be_visible()
    assert window.findings() == []
    # The star and not the radio button in it, which is hidden: the click waits until nothing moves.
    page.locator("form.review .star").nth(4).click()
    expect(page.get_by_role("radio", name="5 星")).to_be_checked()
    page.get_by_label("显示名称").fill("老林")
    page.get_by_label("评价内容").fill("二十秒就把话说清楚了。")
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("您的评价")).to_be_visible()
    expect(page.get_by_text("二十秒就把话说清楚了。")).to_be_visible()
    page.get_by_role("button", name="修改评价").click()
    page.locator("form.review .star").nth(3).click()
    page.get_by_label("评价内容").fill(EDITED)
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text(EDITED)).to_be_visible()
    expect(page.get_by_text("二十秒就把话说清楚了。")).to_be_hidden()
    visit(window)


def _reported(desk: Desk) -> None:
    """Another learner reads the review as it was edited, and reports it."""
    window = desk.window("phone")
    page = window.page
    window.open_as(desk.learner(), f"/courses/{COURSE}")
    page.get_by_role("tab", name="用户评价").click()
    review = page.get_by_role("listitem").filter(has_text=EDITED)
    expect(review).to_contain_text("修改于")
    reporting = review.get_by_role("button", name="举报")
    try_dialog(window, reporting)
    reporting.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="举报").click()
    expect(dialog.get_by_label("理由")).to_be_focused()
    dialog.get_by_label("理由").fill("与课程无关")
    dialog.get_by_role("button", name="举报").click()
    expect(review).to_contain_text("已举报")
