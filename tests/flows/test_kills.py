"""A function killed at any moment of the path: every credited second stays, and there is exactly one award."""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from queue import SimpleQueue
from typing import Any

import pytest

from demo.client import Client
from demo.people import learner_id_of
from demo.player import Moment
from local.system import System
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system

LEARNERS = 2
UP_TO_S = 0.4
"""How long after an answer a death comes: at any moment of what follows it, in the middle of a call too."""
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
    with _killing(world) as killer, ThreadPoolExecutor(LEARNERS) as pool:
        walks = list(pool.map(lambda learner: _walk(world, learner, course_id, killer), learners))
    assert killer.kills["playback http"] > 1
    assert sum(killer.kills.values()) > LEARNERS
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


def _walk(world: World, learner: Client, course_id: str, killer: "_Killer") -> list[Moment]:
    """Claims and watches, sending each request again until it is answered; each answer brings about a death."""
    key = f"claim-{learner_id_of(learner)}"
    eventually(lambda: learner.post("/v1/orders/claims", {"course_id": course_id}, key=key).ok)
    killer.kill_soon()
    moments: list[Moment] = []

    def observe(moment: Moment) -> None:
        moments.append(moment)
        killer.kill_soon()

    player = world.player(learner, course_id, observe)
    player.start(patience_s=60)  # what carries the entitlement here is killed too
    player.watch()
    return moments


def _completions(world: World, learner: Client) -> list[dict[str, Any]]:
    learner_id = learner_id_of(learner)
    found = world.events("playback", "playback.watch_completed")
    return [event for event in found if event["data"]["learner_id"] == learner_id]


class _Killer:
    """Kills worker processes of functions on the path, one death for each answer: the player's own every other time."""

    def __init__(self, world: World) -> None:
        self._system = world.system
        self._functions = {
            f"{service} {handler}": world.system.function(service, handler) for service, handler in ON_THE_PATH
        }
        others = [name for name in self._functions if name != "playback http"]
        self._order = cycle(name for other in others for name in ("playback http", other))
        self._delays = random.Random(7)  # noqa: S311 (not a secret)
        self._due: SimpleQueue[float | None] = SimpleQueue()
        self.kills = dict.fromkeys(self._functions, 0)

    def kill_soon(self) -> None:
        """The next function's workers die within `UP_TO_S`."""
        self._due.put(self._delays.uniform(0, UP_TO_S))

    def run(self) -> None:
        """Kills what is due, until told to end."""
        for name in self._order:
            delay = self._due.get()
            if delay is None:
                return
            time.sleep(delay)
            self.kills[name] += self._system.kill(self._functions[name])

    def end(self) -> None:
        """Ends `run` once all that is due is done."""
        self._due.put(None)


@contextmanager
def _killing(world: World) -> Iterator[_Killer]:
    """Deaths happen while the block runs, in a thread of their own."""
    killer = _Killer(world)
    thread = threading.Thread(target=killer.run)
    thread.start()
    try:
        yield killer
    finally:
        killer.end()
        thread.join()
