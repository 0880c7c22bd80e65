"""Entitlements taken back on the running system: what orders asks for arrives, is decided, and stops the watching."""

import pytest

from tests.flows.world import World

pytestmark = pytest.mark.system


def test_a_watch_under_way_stops_and_says_what_is_saved(world: World) -> None:
    course_id, learner = world.publish(duration_s=20, max_rate="1.0"), world.member()
    entitlement_id = world.claim(learner, course_id)
    player = world.player(learner, course_id)
    player.start()
    player.watch(until=lambda state: state["furthest_ms"] > 1_000)
    saved_ms, token = player.state["furthest_ms"], player.state["token"]

    assert world.ask_back(learner, course_id, entitlement_id)["outcome"] == "revoked"
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
    decided = world.ask_back(learner, course_id, entitlement_id)
    assert (decided["outcome"], decided["watch_id"]) == ("already_completed", watch_id)
    world.settle()
    assert world.awards(learner)
    assert learner.post("/v1/playback/sessions", {"course_id": course_id, "take_over": True}).ok
