"""A page that is scripted to seek, to play faster and to skip prompts gains nothing."""

import time

import pytest
from playwright.sync_api import expect

from tests.e2e.learner import Desk, Person, Window

pytestmark = pytest.mark.e2e

JUMP = "for (let i = 0; i < 40; i += 1) video.currentTime = Math.min(video.currentTime + 0.9, video.duration)"
SLACK_MS = 1_500
"""The player's half second for two clocks that are not read at once, and the test's own delays."""


def test_seeking_and_speed_gain_nothing(desk: Desk) -> None:
    person, window = desk.member(), desk.window()
    window.watch_claimed(person)
    began = time.monotonic()
    while time.monotonic() - began < 6 and not window.page.get_by_role("alertdialog").count():
        window.video(f"(() => {{ {JUMP}; video.playbackRate = 16; video.play().catch(() => {{}}) }})()")
        window.page.wait_for_timeout(100)
    assert window.video("video.playbackRate") == 1
    assert _furthest_after_a_beat(window, person) <= _elapsed_ms(began) + SLACK_MS
    assert not person.progress()["completed"]


def test_a_jump_to_the_end_completes_nothing(desk: Desk) -> None:
    person, window = desk.member(), desk.window()
    began = time.monotonic()
    window.watch_claimed(person)
    window.page.wait_for_timeout(1_000)
    window.video("void (video.currentTime = video.duration - 0.05)")
    window.page.wait_for_timeout(1_000)
    assert window.video("video.currentTime") * 1000 < _elapsed_ms(began) + SLACK_MS
    seek = window.page.get_by_role("slider", name="进度")
    seek.focus()
    seek.press("End")
    assert window.video("video.currentTime") * 1000 < _elapsed_ms(began) + SLACK_MS
    assert _furthest_after_a_beat(window, person) <= _elapsed_ms(began) + SLACK_MS


def test_a_prompt_that_is_removed_still_stops_all_credit(desk: Desk) -> None:
    person, window = desk.member(), desk.window()
    window.watch_claimed(person)
    window.prompt()
    before = person.progress()
    window.page.evaluate("() => document.querySelectorAll('dialog').forEach((dialog) => dialog.remove())")
    for _ in range(12):
        window.video("void video.play()")
        window.page.wait_for_timeout(500)
    assert window.video("video.currentTime") * 1000 <= before["furthest_ms"] + SLACK_MS
    after = person.progress()
    assert after["furthest_ms"] == before["furthest_ms"]
    assert after["prompts"] == before["prompts"]


def test_escape_does_not_dismiss_a_prompt(desk: Desk) -> None:
    person, window = desk.member(), desk.window()
    window.watch_claimed(person)
    window.prompt()
    for _ in range(4):
        window.page.keyboard.press("Escape")
    expect(window.page.get_by_role("alertdialog")).to_be_visible()
    assert person.progress()["prompts"]["confirmed"] == 0


def _elapsed_ms(began: float) -> float:
    return (time.monotonic() - began) * 1000


def _furthest_after_a_beat(window: Window, person: Person) -> int:
    window.page.wait_for_timeout(3_000)
    return int(person.progress()["furthest_ms"])
