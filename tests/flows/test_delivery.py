"""Events delivered twice, late, out of order, after a crash, or not made by us: exactly one award, or none."""

import json
import os
import subprocess
import sys
from typing import Any
from uuid import uuid4

import pytest

from demo.client import Client
from demo.people import learner_id_of
from infra.stages import LOCAL
from local.emulator import REGION, ROOT
from tests.flows.world import World, bus_message, eventually, new_course_id, version_of

pytestmark = pytest.mark.system

OPERATOR = {
    "PATH": os.defpath,
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": REGION,
}


@pytest.fixture(scope="module")
def earned(world: World) -> tuple[Client, dict[str, Any]]:
    """A learner who has earned one award, and the completion's envelope."""
    course_id = world.publish()
    learner = world.member()
    world.claim(learner, course_id)
    final = world.watch(learner, course_id)
    world.settle()
    assert len(world.awards(learner)) == 1
    return learner, completion_of(world, final)


def completion_of(world: World, final: dict[str, Any]) -> dict[str, Any]:
    """The completion's envelope, from playback's outbox."""
    (envelope,) = world.events("playback", "playback.watch_completed", final["watch_id"])
    return envelope


def test_delivered_again_on_the_bus_and_in_the_queue_awards_once(
    world: World, earned: tuple[Client, dict[str, Any]]
) -> None:
    learner, envelope = earned
    before = world.state()
    for _ in range(3):
        world.publish_event(envelope)
        world.queue_event("credits", envelope)
    world.settle()
    assert world.state() == before
    assert len(world.awards(learner)) == 1


def test_the_same_watch_under_another_event_id_awards_once(world: World, earned: tuple[Client, dict[str, Any]]) -> None:
    learner, envelope = earned
    world.publish_event({**envelope, "id": uuid4().hex})
    world.settle()
    assert len(world.awards(learner)) == 1
    assert len(world.events("credits", "credits.hours_awarded")) == len(
        {
            (e["data"]["learner_id"], e["data"]["credential"], e["data"]["watch_id"])
            for e in world.events("credits", "credits.hours_awarded")
        }
    )


def test_hours_named_in_the_event_are_not_believed(world: World) -> None:
    course_id = world.publish(hours="0.5")
    learner = world.member()
    world.claim(learner, course_id)
    relay = world.system.relay("playback")
    relay.pause()
    try:
        envelope = completion_of(world, world.watch(learner, course_id))
        inflated = {**envelope["data"], "hours": "100", "category": "compulsory", "duration_ms": 360_000_000}
        world.publish_event({**envelope, "data": inflated})
        world.settle()
    finally:
        relay.resume()
    world.settle()
    assert [award["hours"] for award in world.awards(learner)] == ["0.5"]


def test_completion_before_credits_knows_the_course_awards_when_it_does(world: World) -> None:
    relay = world.system.relay("catalog")
    relay.pause()
    try:
        course_id = world.publish(known=False)
        (published,) = world.events("catalog", "catalog.course_published", course_id)
        world.queue_event("orders", published)
        world.queue_event("playback", published)
        world.settle()
        learner = world.member()
        world.claim(learner, course_id)
        final = world.watch(learner, course_id)
        eventually(lambda: completion_of(world, final))
        assert world.awards(learner) == []
    finally:
        relay.resume()
    eventually(lambda: len(world.awards(learner)) == 1)
    world.settle()
    assert len(world.awards(learner)) == 1
    assert completion_of(world, final)["id"] not in "".join(world.dead_letters("credits"))


def test_entitlement_arrives_after_the_first_attempt_to_start(world: World) -> None:
    course_id = world.publish()
    learner = world.member()
    relay = world.system.relay("orders")
    relay.pause()
    try:
        world.claim(learner, course_id)
        early = learner.post("/v1/playback/sessions", {"course_id": course_id, "take_over": False})
        assert (early.status, early.code) == (403, "NOT_ENTITLED")
        assert early.body["next_en"]
    finally:
        relay.resume()
    assert world.player(learner, course_id).start()["furthest_ms"] == 0


def test_crash_between_commit_and_publish_awards_exactly_once(world: World) -> None:
    course_id = world.publish()
    learner = world.member()
    world.claim(learner, course_id)
    relay = world.system.relay("playback")
    relay.pause()
    try:
        final = world.watch(learner, course_id)
        assert final["completed"]
        completion_of(world, final)  # committed, with the state, and not published
        world.system.kill(world.system.function("playback", "http"))
        world.system.kill(world.system.function("playback", "relay"))
        world.settle()
        assert world.awards(learner) == []
    finally:
        relay.resume()
    world.settle()
    assert len(world.awards(learner)) == 1


def test_what_we_did_not_publish_has_no_effect(world: World, earned: tuple[Client, dict[str, Any]]) -> None:
    _learner, envelope = earned
    before = world.state()
    detail = json.dumps({**envelope, "id": uuid4().hex, "data": {**envelope["data"], "watch_id": uuid4().hex}})
    world.put_on_bus(
        {"Source": "xueshi.evil", "DetailType": envelope["type"], "Detail": detail},
        {"Source": "xueshi.orders", "DetailType": envelope["type"], "Detail": detail},
        {"Source": envelope["source"], "DetailType": "playback.watch_completed.v99", "Detail": detail},
        {"Source": envelope["source"], "DetailType": "playback.award_me.v1", "Detail": detail},
    )
    world.settle()
    assert world.state() == before


def test_poison_waits_with_an_alarm_while_good_events_pass(world: World, earned: tuple[Client, dict[str, Any]]) -> None:
    learner, envelope = earned
    stranger = learner_id_of(world.learner())
    poison = [
        "not json " + uuid4().hex,
        json.dumps({"detail": {"id": uuid4().hex, "hello": "world"}}),
        _queued(envelope, type="playback.award_me.v1"),
        _queued(envelope, data={"watch_id": uuid4().hex}),
        _queued(envelope, data={**envelope["data"], "completed_at": "yesterday", "watch_id": uuid4().hex}),
        _queued(envelope, data={**envelope["data"], "learner_id": stranger}),
    ]
    before = world.state()
    for text in poison:
        world.queue_text("credits", text)
    world.queue_event("credits", envelope)
    eventually(lambda: set(poison) <= set(world.dead_letters("credits")))
    world.settle()
    assert world.state() == before
    assert len(world.awards(learner)) == 1
    assert _has_alarm(world, "xueshi-credits-events-dlq")
    world.system.client("sqs").purge_queue(QueueUrl=world.system.dead_letters("credits", "consume"))


def test_what_was_only_early_is_redriven_once_its_cause_is_gone(
    world: World, earned: tuple[Client, dict[str, Any]]
) -> None:
    _learner, envelope = earned
    learner, course_id = world.member(), new_course_id()
    early = {
        **envelope["data"],
        "watch_id": uuid4().hex,
        "learner_id": learner_id_of(learner),
        "course_id": course_id,
        "content_version": version_of(course_id),
    }
    text = _queued(envelope, data=early)
    world.queue_text("credits", text)
    eventually(lambda: text in world.dead_letters("credits"))
    world.publish(course_id=course_id)
    assert world.awards(learner) == []
    redrive(world, "xueshi-credits-events-dlq")
    eventually(lambda: len(world.awards(learner)) == 1)
    eventually(lambda: text not in world.dead_letters("credits"))
    assert len(world.awards(learner)) == 1


def redrive(world: World, queue: str) -> None:
    """Runs the operator's command."""
    surroundings = {"AWS_ENDPOINT_URL": world.system.endpoint_url, **OPERATOR}
    command = [sys.executable, "-m", "ops.redrive", "run", "--stage", LOCAL, queue]
    done = subprocess.run(command, env=surroundings, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr


def _queued(envelope: dict[str, Any], **changes: Any) -> str:
    """The envelope with a fresh id and changes, as the bus puts it into a queue."""
    return bus_message({**envelope, "id": uuid4().hex, **changes})


def _has_alarm(world: World, queue: str) -> bool:
    resources = [resource for stack in world.system.stacks for resource in stack.template["Resources"].values()]
    alarms = [resource["Properties"] for resource in resources if resource["Type"] == "AWS::CloudWatch::Alarm"]
    return any(alarm["AlarmName"] == f"{queue}-not-empty" and alarm["AlarmActions"] for alarm in alarms)
