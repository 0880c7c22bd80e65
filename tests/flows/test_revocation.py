"""Entitlements taken back on the running system: what orders asks for arrives, is decided, and stops the watching."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from demo.client import Client
from demo.people import learner_id_of
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system


def ask_back(world: World, learner: Client, course_id: str, entitlement_id: str) -> dict[str, Any]:
    """Orders asks; answers what playback decided."""
    now, revocation_id = datetime.now(UTC).isoformat(timespec="milliseconds"), uuid4().hex
    world.publish_event(
        {
            "id": uuid4().hex,
            "source": "xueshi.orders",
            "type": "orders.entitlement_revocation_requested.v1",
            "time": now,
            "subject": revocation_id,
            "sequence": None,
            "correlation_id": "test",
            "causation_id": None,
            "data": {
                "revocation_id": revocation_id,
                "learner_id": learner_id_of(learner),
                "course_id": course_id,
                "entitlement_id": entitlement_id,
                "requested_at": now,
            },
        }
    )
    type_ = "playback.entitlement_revocation_decided"
    (decided,) = eventually(lambda: world.events("playback", type_, revocation_id))
    return dict(decided["data"])


def test_a_watch_under_way_stops_and_says_what_is_saved(world: World) -> None:
    course_id, learner = world.publish(duration_s=20, max_rate="1.0"), world.member()
    entitlement_id = world.claim(learner, course_id)
    player = world.player(learner, course_id)
    player.start()
    player.watch(until=lambda state: state["furthest_ms"] > 1_000)
    saved_ms, token = player.state["furthest_ms"], player.state["token"]

    assert ask_back(world, learner, course_id, entitlement_id)["outcome"] == "revoked"
    refusals = {
        "beat": learner.post("/v1/playback/beats", {"token": token, "position_ms": saved_ms}),
        "media": learner.post("/v1/playback/media-grants", {"token": token}),
        "start": learner.post("/v1/playback/sessions", {"course_id": course_id, "take_over": True}),
    }
    for name, refused in refusals.items():
        assert (refused.status, refused.code) == (403, "ENTITLEMENT_REVOKED"), name
        assert refused.body["saved"]["furthest_ms"] == saved_ms, name
    assert learner.get(f"/v1/playback/courses/{course_id}/progress").accepted()["furthest_ms"] == saved_ms


def test_a_completed_watch_keeps_its_entitlement(world: World) -> None:
    course_id, learner = world.publish(), world.member()
    entitlement_id = world.claim(learner, course_id)
    watch_id = world.watch(learner, course_id)["watch_id"]
    decided = ask_back(world, learner, course_id, entitlement_id)
    assert (decided["outcome"], decided["watch_id"]) == ("already_completed", watch_id)
    world.settle()
    assert world.awards(learner)
    assert learner.post("/v1/playback/sessions", {"course_id": course_id, "take_over": True}).ok
