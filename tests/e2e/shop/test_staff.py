"""What the staff see: every page readable on phone and desktop, and a reviewer who holds hours."""

from typing import cast

import pytest
from playwright.sync_api import expect

from demo.people import learner_id_of
from local.seed import DOMAIN
from tests.e2e.learner import Desk, Size, Window
from tests.flows.world import World, eventually

pytestmark = pytest.mark.e2e


def _settled(window: Window) -> None:
    """The page has its data: nothing is busy any more."""
    expect(window.page.get_by_role("heading", level=1)).to_be_visible()
    expect(window.page.locator('[aria-busy="true"]')).to_have_count(0)
    expect(window.page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "tool", "heading"),
    [
        ("reviewer", "风险复核", "风险复核"),
        ("auditor", "审计", "审计"),
        ("records", "学时申报", "学时申报"),
        ("admin", "学员管理", "学员管理"),
        ("editor", "课程发布", "课程发布"),
        ("finance", "财务", "财务"),
    ],
)
def test_each_role_finds_its_pages_from_the_workbench(desk: Desk, name: str, tool: str, heading: str) -> None:
    window = desk.window("phone")
    window.enter(f"{name}@{DOMAIN}", "/staff")
    window.page.get_by_role("link", name=tool).click()
    expect(window.page.get_by_role("heading", level=1)).to_have_text(heading)
    _settled(window)
    assert window.findings() == []
    assert window.overflow() == 0


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_reviewer_holds_hours_and_closes_the_case(desk: Desk, size: Size) -> None:
    people = desk.people
    watch_id, learner_id = _watched_by_a_script(people)
    window = desk.window(size)
    page = window.page
    window.enter(f"reviewer@{DOMAIN}", f"/staff/risk/{watch_id}")
    _settled(window)
    expect(page.get_by_text("反应时间短于人的极限")).to_be_visible()
    assert window.findings() == []
    assert window.overflow() == 0
    page.get_by_role("button", name="暂扣").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="暂扣").click()
    # Without a reason nothing is sent, and the place to give one has the focus.
    expect(dialog.get_by_label("理由")).to_be_focused()
    dialog.get_by_label("理由").fill("反应时间需要学员说明")
    assert window.findings() == []
    dialog.get_by_role("button", name="暂扣").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("暂扣中")).to_be_visible()
    page.get_by_role("button", name="标记为已复核").click()
    page.get_by_label("理由").fill("已暂扣，待说明")
    page.get_by_role("dialog").get_by_role("button", name="标记为已复核").click()
    expect(page.get_by_text("已复核", exact=True)).to_be_visible()
    entries = people.staff("reviewer").get(f"/v1/credits/learners/{learner_id}/timeline").accepted()["entries"]
    assert "反应时间需要学员说明" in [entry["note"] for entry in entries]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_an_administrator_renews_a_certificate_and_enters_hours(desk: Desk, size: Size) -> None:
    person = desk.member()
    window = desk.window(size)
    page = window.page
    window.enter(f"admin@{DOMAIN}", f"/staff/learners?learner={learner_id_of(person.client)}")
    _settled(window)
    expect(page.get_by_label("方案")).to_contain_text("VIP会员")
    assert window.findings() == []
    assert window.overflow() == 0
    page.get_by_role("button", name="续期").click()
    dialog = page.get_by_role("dialog")
    until = dialog.get_by_label("末日（含）").input_value()
    dialog.get_by_label("理由").fill("已核对续期凭证")
    assert window.findings() == []
    dialog.get_by_role("button", name="续期").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("cell").filter(has_text=until)).to_be_visible()
    page.get_by_label("学时", exact=True).fill("1.5")
    page.get_by_label("因何取得").fill("线下案例研讨")
    page.get_by_role("button", name="补录").click()
    dialog.get_by_label("理由").fill("已核对签到表")
    dialog.get_by_role("button", name="补录").click()
    expect(page.get_by_text("已为 AFP 补录 1.5 学时")).to_be_visible()
    entries = person.client.get("/v1/credits/timeline").accepted()["entries"]
    assert [(entry["hours"], entry["note"]) for entry in entries] == [("1.5", "已核对签到表")]


def _watched_by_a_script(people: World) -> tuple[str, str]:
    """A completed watch with a risk case and an award: its id and its learner's."""
    course_id, learner, reviewer = people.publish(), people.member(), people.staff("reviewer")
    people.claim(learner, course_id)
    watch_id = cast("str", people.watch(learner, course_id)["watch_id"])
    eventually(lambda: reviewer.get(f"/v1/playback/risk-cases/{watch_id}").ok)
    eventually(lambda: people.awards(learner))
    return watch_id, learner_id_of(learner)
