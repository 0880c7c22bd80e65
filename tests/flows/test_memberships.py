"""Watching the members' library on the running system: nothing is ordered or claimed, and the quota is charged."""

import pytest

from demo.people import learner_id_of
from tests.flows.buying import pay, refund
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


def test_a_plan_of_the_library_comes_from_what_three_services_say(world: World) -> None:
    course_id, learner = world.publish(member_recommended=False, member_library=True, hours="1.5"), world.member("AFP")
    world.settle()
    (standing,) = learner.get(f"/v1/orders/standings?courses={course_id}").accepted()["courses"]
    assert (standing["state"], standing["basis"], standing["in_library"]) == ("owned", "membership", True)
    assert learner.get("/v1/playback/progress").accepted() == {"courses": [], "after": None}
    course = {"course_id": course_id, "access": "library", "price_fen": standing["own_price_fen"], "left_ms": 20_000}
    plan = learner.post("/v1/credits/plan", {"courses": [course]}).accepted()
    (step,) = plan["steps"]
    assert (step["course_id"], step["access"], step["cost_fen"]) == (course_id, "library", 0)
    assert plan["quota_hours"] == "1.5"


def test_a_refunded_membership_stops_what_is_watched_on_it(world: World) -> None:
    course_id, learner = world.publish(20, member_recommended=False, member_library=True), world.learner()
    (price,) = [plan["price_fen"] for plan in world.public.get("/v1/orders/plans").accepted()["plans"] if is_vip(plan)]
    body = {"plan": "vip", "expected_fen": price}
    order = learner.post("/v1/orders/membership-orders", body).accepted()
    pay(world, learner, order)
    player = world.player(learner, course_id)
    player.start()
    player.watch(until=lambda state: state["furthest_ms"] > 1_000)
    saved_ms, token = player.state["furthest_ms"], player.state["token"]

    refunded = refund(world, learner, order["order_id"])
    (line,) = refunded["lines"]
    assert (refunded["status"], refunded["amount_fen"], line["decision"]) == ("done", price, "revoked")
    world.settle()
    assert not learner.get("/v1/orders/membership").accepted()["active"]
    beat = learner.post("/v1/playback/beats", {"token": token, "position_ms": saved_ms})
    assert (beat.status, beat.code, beat.body["saved"]["furthest_ms"]) == (403, "ENTITLEMENT_REVOKED", saved_ms)
    again = learner.post("/v1/playback/sessions", {"course_id": course_id, "take_over": True})
    assert again.status == 403
    (period,) = learner.get("/v1/credits/quotas").accepted()["periods"]
    assert period["charged_hours"] == "0"


def is_vip(plan: dict[str, str]) -> bool:
    """Whether it is the year of membership that the demo sells."""
    return plan["id"] == "vip"


def test_who_is_no_member_cannot_start_a_course_of_the_library(world: World) -> None:
    course_id = world.publish(member_recommended=False, member_library=True)
    refused = world.learner().post("/v1/playback/sessions", {"course_id": course_id, "take_over": False})
    assert (refused.status, refused.code) == (403, "NOT_ENTITLED")
