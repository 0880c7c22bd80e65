"""Attacks on what comes after watching: another learner's records, and a second award for one lecture."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from demo.cheater import Cheater
from demo.client import Client
from tests.flows.world import World

pytestmark = pytest.mark.system

Earned = tuple[Client, str, dict[str, Any]]


@pytest.fixture(scope="module")
def earned(world: World) -> Earned:
    """A holder of two certificates who has watched a course for one of them; the course, and the completion as told."""
    course_id, learner = world.publish(eligible_credentials=["AFP"]), world.member("AFP", "CFP")
    world.claim(learner, course_id)
    watch_id = world.watch(learner, course_id)["watch_id"]
    world.settle()
    (completion,) = world.events("playback", "playback.watch_completed", watch_id)
    return learner, course_id, completion


def test_ineligible_credential(world: World, earned: Earned) -> None:
    learner, _, _ = earned
    assert outline(world, learner) == [("award", "AFP", "1.5")]


def test_replayed_and_parallel_completions(world: World, earned: Earned) -> None:
    learner, _, completion = earned
    before = outline(world, learner)
    lie = {"hours": "100", "category": "compulsory", "credential": "CFP"}
    others = [{**completion, "id": uuid4().hex, "data": {**completion["data"], **lie}} for _ in range(8)]
    with ThreadPoolExecutor(len(others)) as pool:
        list(pool.map(world.publish_event, others))
    # Markers expire one day; the event may come back later than that.
    place = {"pk": {"S": f"INBOX#{completion['id']}"}, "sk": {"S": completion["type"]}}
    gone = world.system.client("dynamodb").delete_item(
        TableName=world.system.table("credits"), Key=place, ReturnValues="ALL_OLD"
    )
    assert gone["Attributes"]
    world.publish_event(completion)
    world.settle()
    assert outline(world, learner) == before


def test_two_products_of_one_lecture(world: World, earned: Earned) -> None:
    learner, course_id, _ = earned
    other = world.publish(eligible_credentials=["AFP"], content_id=course_id)
    world.claim(learner, other)
    world.watch(learner, other)
    world.settle()
    assert [award["course_id"] for award in world.awards(learner)] == [course_id]


def test_quota_overrun_by_completions_told_at_once(world: World) -> None:
    library: dict[str, Any] = {"member_recommended": False, "member_library": True, "eligible_credentials": ["AFP"]}
    courses = [world.publish(hours=hours, **library) for hours in ("24", "1.5")]
    learner, relay = world.member("AFP"), world.system.relay("playback")
    world.settle()
    relay.pause()
    try:
        for course_id in courses:
            world.watch(learner, course_id)
    finally:
        relay.resume()
    world.settle()
    (quota,) = learner.get("/v1/credits/quotas").accepted()["periods"]
    (award,) = world.awards(learner)
    assert quota["charged_hours"] == award["hours"]
    assert "hold" in {entry["kind"] for entry in world.timeline(learner)}


def outline(world: World, learner: Client) -> list[tuple[str, str, str]]:
    """What the ledger says that counts or counted."""
    return [(entry["kind"], entry["credential"], entry["hours"]) for entry in world.awards(learner)]


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
