"""Refunds on the running system: asked for, decided by playback, and only then sent back at the provider."""

import pytest

from tests.flows.buying import PRICE_FEN, buy, over, refund
from tests.flows.world import World

pytestmark = pytest.mark.system


def sent(world: World, order_id: str) -> list[int]:
    """What the sandbox sent back of an order's payments."""
    till = world.system.payments.till
    payments = {item.body["number"] for item in world.items(world.system.table("orders")) if _pays(item.body, order_id)}
    return [made.amount_fen for made in till.refunds.values() if made.number in payments]


def _pays(body: object, order_id: str) -> bool:
    return isinstance(body, dict) and body.get("order_id") == order_id and "method" in body


def test_a_course_under_way_is_refunded_stops_and_says_what_is_saved(world: World) -> None:
    course_id, learner = world.publish(duration_s=20, max_rate="1.0"), world.learner()
    order_id = buy(world, learner, course_id)
    player = world.player(learner, course_id)
    player.start()
    player.watch(until=lambda state: state["furthest_ms"] > 1_000)
    saved_ms, token = player.state["furthest_ms"], player.state["token"]

    refunded = refund(world, learner, order_id)
    assert (refunded["status"], refunded["amount_fen"], sent(world, order_id)) == ("done", PRICE_FEN, [PRICE_FEN])
    refusals = {
        "beat": learner.post("/v1/playback/beats", {"token": token, "position_ms": saved_ms}),
        "media": learner.post("/v1/playback/media-grants", {"token": token}),
        "start": learner.post("/v1/playback/sessions", {"course_id": course_id, "take_over": True}),
    }
    for name, refused in refusals.items():
        assert (refused.status, refused.code) == (403, "ENTITLEMENT_REVOKED"), name
        assert refused.body["saved"]["furthest_ms"] == saved_ms, name
    assert learner.get(f"/v1/playback/courses/{course_id}/progress").accepted()["furthest_ms"] == saved_ms
    assert world.entitlements(learner) == []


def test_a_completed_course_is_kept_until_an_administrator_takes_its_hours_back(world: World) -> None:
    course_id, learner = world.publish(eligible_credentials=["AFP"]), world.member()
    order_id = buy(world, learner, course_id)
    watch_id = world.watch(learner, course_id)["watch_id"]
    refused = refund(world, learner, order_id)
    (line,) = refused["lines"]
    assert (refused["status"], line["decision"], line["watch_ids"]) == ("refused", "kept", [watch_id])
    world.settle()
    assert world.awards(learner)
    assert learner.post("/v1/playback/sessions", {"course_id": course_id, "take_over": True}).ok
    assert sent(world, order_id) == []

    body = {"reason": "协商退款", "reverse_hours": True}
    asked = world.admin.post(f"/v1/orders/finance/orders/{order_id}/refunds", body).accepted()
    done = over(world.admin, f"/v1/orders/finance/refunds/{asked['refund_id']}")
    assert (done["status"], sent(world, order_id)) == ("done", [PRICE_FEN])
    newest = world.timeline(learner)[0]
    assert (newest["kind"], newest["reason"]["code"], newest["note"]) == ("reversal", "REFUNDED", "协商退款")
    again = learner.post("/v1/playback/sessions", {"course_id": course_id, "take_over": True})
    assert again.code == "ENTITLEMENT_REVOKED"
