"""An honest learner on a bad line: slow, cut, answers lost, the page loaded anew. Nothing has to be watched twice."""

from itertools import count

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.learner import Desk

pytestmark = pytest.mark.e2e

SLOW = {"offline": False, "latency": 400, "downloadThroughput": 200_000, "uploadThroughput": 30_000}
"""Milliseconds, and bytes a second: a train in the country."""
WATCH_BACK = """() => {
    const video = document.querySelector('video')
    window.back = 0
    let furthest = 0
    video.addEventListener('timeupdate', () => {
        window.back = Math.max(window.back, furthest - video.currentTime)
        furthest = Math.max(furthest, video.currentTime)
    })
}"""
"""Notes how far the picture was ever moved back, seconds."""
PLAYER = "**/v1/playback/{beats,confirmations,pauses}"


def test_a_slow_line_that_is_cut_and_loses_answers_makes_nobody_watch_twice(desk: Desk) -> None:
    person, window = desk.member(), desk.window()
    window.watch_claimed(person)
    page = window.page
    page.evaluate(WATCH_BACK)
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    number = count()

    def lose_one_in_three(route: Route) -> None:
        if next(number) % 3:
            route.continue_()
        else:
            # The service has acted, and nobody hears of it.
            route.fetch()
            route.abort()

    page.route(PLAYER, lose_one_in_three)
    window.played(2)
    page.context.set_offline(True)
    page.wait_for_timeout(3_000)
    page.context.set_offline(False)
    for _ in range(2):
        window.prompt()
        window.confirm()
    expect(page.get_by_test_id("completed")).to_be_visible()
    assert page.evaluate("window.back") < 0.3
    assert person.progress()["completed"]


def test_a_page_that_is_loaded_anew_is_not_asked_about_another_place(desk: Desk) -> None:
    person, window = desk.member(), desk.window()
    window.watch_claimed(person)
    window.played(1.5)
    # As when the browser dies: nobody gives the session back.
    window.page.route("**/v1/playback/pauses", lambda route: route.abort())
    window.page.reload()
    expect(window.page.get_by_test_id("begin")).to_be_visible()
    assert not window.page.get_by_role("alertdialog").count()
