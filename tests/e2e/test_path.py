"""The path on a phone: sign in, claim, watch with prompts in the full window, hours; and what may come in between."""

import pytest
from playwright.sync_api import expect

from tests.e2e.learner import COURSE, HOURS, Desk, Person, Window
from tests.e2e.visit import SMALL, held_by
from tests.flows.world import eventually

pytestmark = pytest.mark.e2e

OFFLINE_AND_PLAYING = """() => document.body.innerText.includes('网络不通')
    && !document.querySelector('video').paused"""
AT = "(seconds) => Math.abs(document.querySelector('video').currentTime - seconds) < 0.3"


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
    expect(page.get_by_test_id("completed")).to_be_visible()
    look()
    page.get_by_role("button", name="查看我的学时").click()
    expect(page.get_by_role("tab", name="时间线")).to_be_visible()
    # Hours arrive through queues; the page waits for them by itself.
    expect(page.get_by_text(f"+{HOURS} 学时")).to_be_visible()
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
    window.played(1.2)  # no prompt of this course is before 3 s
    window.page.get_by_role("button", name="暂停").click()
    saved = eventually(lambda: _saved_where_it_stands(window, person))
    assert saved > 1_000
    window.page.reload()
    expect(window.page.get_by_test_id("begin")).to_contain_text("继续观看")
    window.page.wait_for_function(AT, arg=saved / 1000)
    window.page.goto(f"/courses/{COURSE}")
    expect(window.page.get_by_role("button", name="继续学习")).to_be_visible()


def test_a_second_device_asks_and_the_first_learns_of_it(desk: Desk) -> None:
    person, first, second = desk.member(), desk.window(), desk.window("phone")
    first.watch_claimed(person)
    first.played(1.5)
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
    window.played(0.5)
    window.page.context.set_offline(True)
    # Looked at together: what is played without being saved has an end.
    window.page.wait_for_function(OFFLINE_AND_PLAYING)
    window.page.wait_for_timeout(2_000)
    window.page.context.set_offline(False)
    expect(window.page.get_by_text("网络不通")).to_be_hidden()
    window.page.wait_for_timeout(1_000)
    played = window.video("video.currentTime") * 1000
    window.pause()
    # Whatever was played is credited, up to the prompt if one has come.
    saved = eventually(lambda: _saved_where_it_stands(window, person))
    assert window.page.get_by_role("alertdialog").is_visible() or saved >= played - 300


def _saved_where_it_stands(window: Window, person: Person) -> int | None:
    """What is credited, milliseconds, once that is where the lecture has stopped; None until then.

    What was played while a prompt was on its way is credited after it.
    """
    stands = window.video("video.paused ? video.currentTime * 1000 : null")
    saved = int(person.progress()["furthest_ms"])
    behind = 2_000 if window.page.get_by_role("alertdialog").is_visible() else 300
    return saved if stands is not None and abs(stands - saved) < behind else None
