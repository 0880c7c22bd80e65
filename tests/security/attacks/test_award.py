"""Attacks on what comes after watching: another learner's records, and a second award for one lecture."""

import pytest

from demo.cheater import Cheater
from demo.client import Client
from tests.flows.world import World

pytestmark = pytest.mark.system


def test_another_learners_things_are_invisible(world: World) -> None:
    victim, course_id = _entitled(world)
    watched = world.watch(victim, course_id)
    world.settle()
    assert world.awards(victim)
    stranger = world.member()
    assert stranger.get(f"/v1/playback/courses/{course_id}/progress").status == 404
    assert stranger.get(f"/v1/playback/watches/{watched['watch_id']}/evidence").status == 404
    assert world.timeline(stranger) == []
    assert stranger.get("/v1/orders/entitlements").accepted()["entitlements"] == []
    assert stranger.get(f"/v1/orders/courses/{course_id}/state").accepted()["state"] == "claimable"
    refused = stranger.post("/v1/playback/sessions", {"course_id": course_id, "take_over": True})
    assert (refused.status, refused.code) == (403, "NOT_ENTITLED")


def test_watching_again_in_the_same_period(world: World) -> None:
    learner, course_id = _entitled(world)
    world.watch(learner, course_id)
    world.settle()
    awards = world.awards(learner)
    assert len(awards) == 1
    again = Cheater(learner, course_id)
    for _ in range(3):
        assert again.start().ok
        again.claim_all()
    assert not again.client.post("/v1/playback/sessions", {"course_id": course_id, "new_attempt": "yes"}).ok
    player = world.player(learner, course_id)
    player.start(take_over=True, new_attempt=True)
    assert player.state["attempt"] == 2
    assert player.watch()["completed"]
    world.settle()
    assert world.awards(learner) == awards
    declined = [entry["reason"]["code"] for entry in world.timeline(learner) if entry["kind"] == "declined"]
    assert declined == ["ALREADY_AWARDED_IN_PERIOD"]


def _entitled(world: World) -> tuple[Client, str]:
    course_id = world.publish(eligible_credentials=["AFP"])
    learner = world.member()
    world.claim(learner, course_id)
    world.settle()
    return learner, course_id
