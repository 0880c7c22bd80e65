"""The path on a phone: sign in, claim, watch with prompts in the full window, hours; and what may come in between."""

import pytest
from playwright.sync_api import expect

from tests.e2e.learner import COURSE, COURSE_S, HOURS, Desk
from tests.e2e.visit import SMALL, held_by

pytestmark = pytest.mark.e2e

AT = "(seconds) => Math.abs(document.querySelector('video').currentTime - seconds) < 0.3"
WATCH_MS = (COURSE_S + 40) * 1000


def test_from_sign_in_to_hours(desk: Desk) -> None:
    person, window = desk.member(), desk.window("phone")
    page, findings, widths, small = window.page, [], [], []

    def look() -> None:
        findings.extend(window.findings())
        widths.append(window.overflow())
        small.extend(page.evaluate(SMALL))

    page.goto("/")
    expect(page.locator(f'a[href="/courses/{COURSE}"]')).to_be_visible()
    look()
    page.locator(f'a[href="/courses/{COURSE}"]').click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look()
    page.get_by_role("button", name="登录后领取或观看").click()
    look()
    window.sign_in(person.email)
    page.get_by_role("button", name="领取课程").click()
    look()
    page.get_by_role("button", name="同意并领取").click()
    page.get_by_role("button", name="开始学习").click()
    window.begin()
    look()
    # Prompts have to be seen in the full window too, which is the page's own and not the phone's.
    page.get_by_role("button", name="全窗口", exact=True).click()
    for _ in range(2):
        window.prompt()
        assert window.video("video.paused")
        look()
        window.confirm()
    page.get_by_role("button", name="退出全窗口").click()
    expect(page.get_by_test_id("completed")).to_be_visible(timeout=WATCH_MS)
    look()
    page.get_by_role("button", name="查看我的学时").click()
    expect(page.get_by_role("tab", name="时间线")).to_be_visible()
    # Hours arrive through queues; the page waits for them by itself.
    expect(page.get_by_text(f"+{HOURS} 学时")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("正在入账")).to_be_hidden()
    look()
    assert findings == []
    assert max(widths) == 0
    assert small == []
    progress = person.progress()
    assert progress["completed"]
    assert progress["prompts"] == {"total": 2, "confirmed": 2}


def test_resumes_where_it_was_left(desk: Desk) -> None:
    person, window = desk.member(), desk.window()
    window.watch_claimed(person)
    window.page.wait_for_timeout(2_200)  # no prompt of this course is before 3 s
    window.page.get_by_role("button", name="暂停").click()
    window.page.wait_for_timeout(700)
    saved = person.progress()["furthest_ms"]
    assert saved > 1_000
    window.page.reload()
    expect(window.page.get_by_test_id("begin")).to_contain_text("继续观看")
    window.page.wait_for_function(AT, arg=saved / 1000)
    window.page.goto(f"/courses/{COURSE}")
    expect(window.page.get_by_role("button", name="继续学习")).to_be_visible()


def test_a_second_device_asks_and_the_first_learns_of_it(desk: Desk) -> None:
    person, first, second = desk.member(), desk.window(), desk.window("phone")
    first.watch_claimed(person)
    first.page.wait_for_timeout(3_000)
    second.open_as(person, "/notices")
    # The second one is in English.
    second.page.get_by_role("banner").get_by_role("button", name="Switch to English").click()
    second.page.goto(f"/courses/{COURSE}/watch")
    dialog = second.page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Continue on this device?")
    held_by(second, dialog)
    dialog.get_by_role("button", name="Continue here").click()
    expect(dialog).to_be_hidden()
    told = first.page.get_by_role("alertdialog")
    expect(told).to_contain_text("已在另一处继续学习")
    expect(told).to_contain_text("LEASE_SUPERSEDED")
    assert first.video("video.paused")
    told.get_by_role("button", name="在此继续").click()
    expect(told).to_be_hidden()
    expect(dialog).to_contain_text("You went on elsewhere")
    held_by(second, dialog)


def test_a_cut_network_loses_nothing(desk: Desk) -> None:
    person, window = desk.member(), desk.window()
    window.watch_claimed(person)
    window.page.wait_for_timeout(1_500)
    window.page.context.set_offline(True)
    expect(window.page.get_by_text("网络不通")).to_be_visible()
    assert not window.video("video.paused")
    window.page.wait_for_timeout(2_000)
    window.page.context.set_offline(False)
    expect(window.page.get_by_text("网络不通")).to_be_hidden()
    window.page.wait_for_timeout(1_000)
    played = window.video("video.currentTime") * 1000
    prompt = window.page.get_by_role("alertdialog")
    if not prompt.is_visible():
        window.page.get_by_role("button", name="暂停").click()
    window.page.wait_for_timeout(700)
    # Whatever was played is credited, up to the prompt if one has come.
    saved = person.progress()["furthest_ms"]
    assert prompt.is_visible() or saved >= played - 300
    assert abs(window.video("video.currentTime") * 1000 - saved) < 600
