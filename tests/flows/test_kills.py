"""A function killed at any moment of the path: every credited second stays, and there is exactly one award."""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from demo.client import Client
from demo.people import learner_id_of
from demo.player import Moment
from local.system import System
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system

LEARNERS = 3
KILL_EVERY_S = 0.7
"""At most so often: between two deaths somebody must have got an answer, however long new workers take to start."""
ON_THE_PATH = [
    ("orders", "http"),
    ("orders", "relay"),
    ("playback", "consume"),
    ("playback", "http"),
    ("playback", "relay"),
    ("credits", "consume"),
    ("credits", "relay"),
]


@pytest.fixture(scope="module")
def world(system: System) -> Iterator[World]:
    """A world of its own, because here requests may fail on the server's side."""
    shaken = World(system)
    yield shaken
    shaken.public.close()


def test_killing_functions_all_along_the_path_loses_nothing_and_awards_once(world: World) -> None:
    course_id = world.publish(duration_s=16)
    learners = [world.member() for _ in range(LEARNERS)]
    with _killing(world) as kills, ThreadPoolExecutor(LEARNERS) as pool:
        walks = list(pool.map(lambda learner: _walk(world, learner, course_id), learners))
    assert kills["playback http"] > 1
    assert sum(kills.values()) > LEARNERS
    for learner in learners:
        _await_award(world, learner)
    world.settle()
    for learner, moments in zip(learners, walks, strict=True):
        credited = [moment.credited_ms for moment in moments]
        assert credited == sorted(credited)
        assert moments[-1].state["completed"]
        progress = learner.get(f"/v1/playback/courses/{course_id}/progress").accepted()
        assert progress["furthest_ms"] == credited[-1]
        assert len(world.awards(learner)) == 1
        assert len(_completions(world, learner)) == 1


def test_a_beat_whose_answer_was_lost_is_credited_once(world: World) -> None:
    """The function is gone after its write: the retry of the same request gets the same answer from another worker."""
    course_id = world.publish(duration_s=60, max_rate="1.0")
    learner = world.member()
    world.claim(learner, course_id)
    player = world.player(learner, course_id)
    player.start()
    time.sleep(1)
    request = {"token": player.state["token"], "position_ms": 900}
    first = learner.post("/v1/playback/beats", request).accepted()
    world.system.kill(world.system.function("playback", "http"))
    again = eventually(lambda: _accepted(learner, request))
    assert again == first
    assert first["furthest_ms"] == 900


def _await_award(world: World, learner: Client) -> None:
    eventually(lambda: world.awards(learner))


def _accepted(learner: Client, request: dict[str, Any]) -> dict[str, Any] | None:
    answer = learner.post("/v1/playback/beats", request)
    return answer.accepted() if answer.status < 500 else None


def _walk(world: World, learner: Client, course_id: str) -> list[Moment]:
    """Claims and watches, sending each request again until it is answered."""
    key = f"claim-{learner_id_of(learner)}"
    eventually(lambda: learner.post("/v1/orders/claims", {"course_id": course_id}, key=key).ok)
    moments: list[Moment] = []
    player = world.player(learner, course_id, moments.append)
    player.start(patience_s=60)  # what carries the entitlement here is killed too
    player.watch()
    return moments


def _completions(world: World, learner: Client) -> list[dict[str, Any]]:
    learner_id = learner_id_of(learner)
    found = world.events("playback", "playback.watch_completed")
    return [event for event in found if event["data"]["learner_id"] == learner_id]


def _accepted_so_far(world: World) -> int:
    return world.traffic.by_status[200] + world.traffic.by_status[201]


@contextmanager
def _killing(world: World) -> Iterator[dict[str, int]]:
    """Kills worker processes of functions on the path, one after the other in random order, while the block runs."""
    functions = {f"{service} {handler}": world.system.function(service, handler) for service, handler in ON_THE_PATH}
    kills, over, order = dict.fromkeys(functions, 0), threading.Event(), random.Random(7)  # noqa: S311 (not a secret)

    def kill() -> None:
        answered = 0
        while not over.wait(KILL_EVERY_S):
            if (now_answered := _accepted_so_far(world)) == answered:
                continue
            answered = now_answered
            name = order.choice([*functions, "playback http"])
            kills[name] += world.system.kill(functions[name])

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield kills
    finally:
        over.set()
        thread.join()
