"""Watching the members' library on the running system: nothing is ordered or claimed, and the quota is charged."""

import pytest

from demo.people import learner_id_of
from tests.flows.world import World

pytestmark = pytest.mark.system


def test_a_member_watches_a_course_of_the_library_and_the_hours_are_charged_to_the_quota(world: World) -> None:
    course_id = world.publish(member_recommended=False, member_library=True, hours="1.5")
    learner = world.member("AFP", "CFP")
    world.settle()
    page = world.public.get(f"/v1/catalog/courses/{course_id}").accepted()
    question = f"content_version={page['media']['content_version']}&on_membership=true"
    advice = learner.get(f"/v1/credits/courses/{course_id}/advice?{question}").accepted()
    assert (advice["covered"], advice["quota"]["left_hours"]) == (True, "25")

    watch_id = world.watch(learner, course_id)["watch_id"]
    world.settle()
    (completed,) = world.events("playback", "playback.watch_completed", watch_id)
    (period,) = [
        event["data"]
        for event in world.events("orders", "orders.membership_changed")
        if event["data"]["learner_id"] == learner_id_of(learner)
    ]
    assert completed["data"]["membership_period_id"] == period["membership_period_id"]
    assert [award["hours"] for award in world.awards(learner)] == ["1.5", "1.5"]
    (quota,) = learner.get("/v1/credits/quotas").accepted()["periods"]
    assert (quota["charged_hours"], quota["left_hours"]) == ("1.5", "23.5")


def test_who_is_no_member_cannot_start_a_course_of_the_library(world: World) -> None:
    course_id = world.publish(member_recommended=False, member_library=True)
    refused = world.learner().post("/v1/playback/sessions", {"course_id": course_id, "take_over": False})
    assert (refused.status, refused.code) == (403, "NOT_ENTITLED")
