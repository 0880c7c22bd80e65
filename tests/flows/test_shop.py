"""Buying on the running system: from the cart through the payment page to watching."""

from typing import Any

import pytest

from demo.client import Client
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system


@pytest.mark.usefixtures("nothing_fails")
def test_a_learner_buys_a_course_and_watches_it(world: World) -> None:
    course_id, learner = world.publish(price_fen=19900), world.learner()
    assert _state(learner, course_id)["state"] == "not_owned"
    cart = learner.send("PUT", f"/v1/orders/cart/courses/{course_id}").accepted()
    assert (_state(learner, course_id)["state"], cart["total_fen"]) == ("in_cart", 19900)

    order = learner.post("/v1/orders/orders", {"course_ids": [course_id], "expected_fen": 19900}).accepted()
    own = f"/v1/orders/orders/{order['order_id']}"
    assert _state(learner, course_id)["order_id"] == order["order_id"]
    assert learner.get("/v1/orders/cart").accepted()["lines"] == []

    payment = learner.send("PUT", f"{own}/payments/wechat_native").accepted()
    world.system.payments.act(payment["qr_content"].rsplit("/", 1)[-1], "pay")
    paid = eventually(lambda: _paid(learner, own))
    assert (paid["lines"][0]["state"], paid["amount_fen"]) == ("granted", 19900)
    assert (_state(learner, course_id)["state"], _state(learner, course_id)["basis"]) == ("owned", "purchase")

    world.settle()
    assert learner.post("/v1/playback/sessions", {"course_id": course_id, "take_over": False}).ok
    assert learner.send("PUT", f"{own}/cancellation").code == "ORDER_NOT_CANCELLABLE"


def _state(learner: Client, course_id: str) -> dict[str, Any]:
    found: dict[str, Any] = learner.get(f"/v1/orders/courses/{course_id}/state").accepted()
    return found


def _paid(learner: Client, path: str) -> dict[str, Any] | None:
    order: dict[str, Any] = learner.get(path).accepted()
    return order if order["state"] == "paid" else None
