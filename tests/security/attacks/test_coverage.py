"""Attacks on coverage: credit is a prefix of the lecture, and the prefix is what was watched."""

import time
from typing import Any

import pytest

from demo import cheater as attacks
from demo.cheater import Cheater
from demo.client import Answer
from tests.flows.world import version_of
from tests.security.attacks.conftest import Stage
from tests.security.attacks.script import a_script, attack_refused, no_gain

pytestmark = pytest.mark.system

NEARLY_S = 41
"""The shortest lecture of which 95 % leave more than the tolerated tail of two seconds."""


def test_jump_to_end(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script):
        assert attacks.jump_to_the_end(script)[0].ok


def test_sampling_one_second_per_segment(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script):
        for segment_ms in range(0, script.state["duration_ms"], 30_000):
            script.claim(segment_ms + 1_000)


def test_double_count_by_overlap(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script):
        for _ in range(3):
            time.sleep(0.3)
            reached = script.state["furthest_ms"]
            for position_ms in (reached, 0, reached // 2, reached):
                script.claim(position_ms)
                assert script.state["furthest_ms"] == reached


def test_reversed_positions(stage: Stage) -> None:
    script = stage.script()
    seen = []
    with no_gain(script):
        for position_ms in (5_000, 4_000, 3_000, 2_000, 1_000, 0):
            script.claim(position_ms)
            seen.append(script.state["furthest_ms"])
    assert seen == sorted(seen)


def test_negative_nan_infinite_huge_string_and_null_positions(stage: Stage) -> None:
    attack_refused(stage.world, stage.script(), attacks.spoofed_positions, "INVALID_REQUEST", "INVALID_JSON")


def test_duration_spoof(stage: Stage) -> None:
    def spoofed(script: Cheater) -> list[Answer]:
        return [script.beat_with(**{name: 1}) for name in ("duration_ms", "duration", "total_ms", "length")]

    attack_refused(stage.world, stage.script(), spoofed, "INVALID_REQUEST")


def test_stopping_at_95_percent(stage: Stage) -> None:
    world = stage.world
    course_id = world.publish(duration_s=NEARLY_S, max_rate="2.0")
    script = a_script(world, course_id)
    nearly_ms = NEARLY_S * 950
    while script.state["furthest_ms"] < nearly_ms:
        _go_on(script, nearly_ms)
    for _ in range(3):
        time.sleep(1)
        script.claim(nearly_ms)
    assert script.state["furthest_ms"] == nearly_ms
    assert not script.state["completed"]
    world.settle()
    assert world.timeline(script.client) == []


def test_content_version_swap(stage: Stage) -> None:
    world = stage.world
    course_id = world.publish(duration_s=1200, max_rate="1.0")
    script = a_script(world, course_id)
    with no_gain(script):
        world.publish(course_id=course_id, after=1, duration_s=6, max_rate="2.0")
        script.start()
        assert script.state["duration_ms"] == 1_200_000
        assert script.state["content_version"] == version_of(course_id, 1200, "1.0")

    def swapped(script: Cheater) -> list[Answer]:
        fields: dict[str, Any] = {"content_version": version_of(course_id, 6, "2.0")}
        start = {"course_id": course_id, "take_over": True, **fields}
        return [script.beat_with(**fields), script.client.post("/v1/playback/sessions", start)]

    attack_refused(world, script, swapped, "INVALID_REQUEST")


def test_media_error_fallback(stage: Stage) -> None:
    def failing(script: Cheater) -> list[Answer]:
        return [script.beat_with(**{name: True}) for name in ("media_error", "fallback", "unsupported", "ended")]

    attack_refused(stage.world, stage.script(), failing, "INVALID_REQUEST")


def _go_on(script: Cheater, until_ms: int) -> None:
    if script.state["prompt"]:
        body = {"token": script.state["token"], "nonce": script.state["prompt"]["nonce"]}
        script.state = script.client.post("/v1/playback/confirmations", body).accepted()
    time.sleep(0.5)
    script.claim(until_ms)
