"""Attacks on time: only the server's clock credits, up to its gap cap, once."""

import time
from uuid import uuid4

import pytest

from demo import cheater as attacks
from demo.client import Answer
from tests.security.attacks.conftest import Stage
from tests.security.attacks.script import attack_refused, no_gain, nothing_stored, refused

pytestmark = pytest.mark.system

A_WHILE_S = 1.0


def test_final_only(stage: Stage) -> None:
    script = stage.script()
    assert script.claim_all().ok
    # From before the start was sent.
    assert script.state["furthest_ms"] <= (time.monotonic() - script.begun) * 1000
    assert not script.state["completed"]


def test_flood_of_beats(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script):
        attacks.flood_of_beats(script)


def test_precomputed_and_back_dated_client_times(stage: Stage) -> None:
    script = stage.script()

    def dated(script: attacks.Cheater) -> list[Answer]:
        fields = ("watched_at", "client_time", "started_at", "sent_at", "elapsed_ms", "timestamp")
        return [script.beat_with(**{name: "2020-01-01T00:00:00Z"}) for name in fields]

    attack_refused(stage.world, script, dated, "INVALID_REQUEST")


def test_small_step_overclaim(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script):
        for _ in range(40):
            script.claim(script.state["furthest_ms"] + 900)


def test_slack_farming(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script):
        for _ in range(4):
            time.sleep(A_WHILE_S / 2)
            script.claim(0)
        script.claim_all()


def test_session_restart_farming(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script):
        attacks.restart_farming(script)


def test_sleep_bridge(stage: Stage) -> None:
    script = stage.script()
    body = {"token": script.state["token"], "position_ms": script.state["duration_ms"]}
    paused = script.client.post("/v1/playback/pauses", body).accepted()
    time.sleep(2 * A_WHILE_S)
    began = time.monotonic()
    assert script.start(take_over=False).ok
    script.claim_all()
    assert script.state["furthest_ms"] - paused["furthest_ms"] <= (time.monotonic() - began) * 1_000


def test_paused_time_claimed(stage: Stage) -> None:
    script = stage.script()
    body = {"token": script.state["token"], "position_ms": script.state["duration_ms"]}
    paused = script.client.post("/v1/playback/pauses", body).accepted()
    script.state = {**script.state, "token": paused["token"]}
    time.sleep(A_WHILE_S)
    with nothing_stored(stage.world, script):
        refused([script.claim_all() for _ in range(3)], "LEASE_EXPIRED")
    assert script.start(take_over=False).ok
    assert script.state["furthest_ms"] == paused["furthest_ms"]


def test_clock_and_timer_hooks(stage: Stage) -> None:
    script = stage.script()
    names = ("date", "x-now", "x-amz-date", "x-request-time", "x-test-clock", "x-amzn-trace-id", "x-forwarded-date")
    with no_gain(script):
        for name in names:
            headers = {"content-type": "application/json", "idempotency-key": uuid4().hex, name: "2030-01-01T00:00:00Z"}
            path = f"{attacks.BEATS}?now=2030-01-01T00:00:00Z&clock=9999999999999"
            body = f'{{"token": "{script.state["token"]}", "position_ms": {script.state["duration_ms"]}}}'
            answer = script.client.send("POST", path, content=body, headers=headers)
            if answer.ok:
                script.state = answer.body
            else:
                refused([answer])


def test_rate_spoofing(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script):
        attacks.sixteen_times_the_speed(script)

    def spoofed(script: attacks.Cheater) -> list[Answer]:
        return [script.beat_with(**{name: 16}) for name in ("rate", "max_rate", "playback_rate")]

    attack_refused(stage.world, script, spoofed, "INVALID_REQUEST")
