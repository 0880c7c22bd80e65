"""Buying a course on the running system, and asking for its money back."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from demo.client import Client
from demo.people import learner_id_of
from services.kit.store import Key
from services.kit.store.codec import encode
from services.orders.app.ordering.items import LatestOrder, latest_order_key, order_key
from services.orders.domain.ids import LearnerId, OrderId
from services.orders.domain.order import PAYMENT_TIME, Goods, Line, Order, PriceReason
from tests.flows.world import World, eventually

PRICE_FEN = 19_900
OVER = ("done", "refused", "failed")


def buy(world: World, learner: Client, course_id: str) -> str:
    """Orders a course and pays it at the sandbox; answers the order's id once the course is the learner's."""
    order_id = _place(world, learner_id_of(learner), course_id)
    payment = learner.send("PUT", f"/v1/orders/orders/{order_id}/payments/wechat_native").accepted()
    world.system.payments.act(payment["qr_content"].rsplit("/", 1)[-1], "pay")
    eventually(lambda: _owns(learner, course_id))
    world.settle()
    return order_id


def pay(world: World, learner: Client, order: dict[str, Any]) -> None:
    """Pays an order, placed over HTTP, at the sandbox; waits until it is known to be paid."""
    payment = learner.send("PUT", f"/v1/orders/orders/{order['order_id']}/payments/wechat_native").accepted()
    world.system.payments.act(payment["qr_content"].rsplit("/", 1)[-1], "pay")
    eventually(lambda: learner.get(f"/v1/orders/payments/{payment['number']}").accepted()["state"] == "paid")
    world.settle()


def refund(world: World, learner: Client, order_id: str) -> dict[str, Any]:
    """Asks for the whole order's refund as its learner; answers it once it is over and every session on it ended."""
    asked = learner.post(f"/v1/orders/orders/{order_id}/refunds", {}).accepted()
    found = over(learner, f"/v1/orders/refunds/{asked['refund_id']}")
    # Playback tells its decision first and ends the session then.
    world.settle()
    return found


def over(client: Client, path: str) -> dict[str, Any]:
    """A refund once it is over."""

    def read() -> dict[str, Any] | None:
        found: dict[str, Any] = client.get(path).accepted()
        return found if found["status"] in OVER else None

    found = eventually(read)
    assert found
    return found


def _owns(learner: Client, course_id: str) -> bool:
    found = learner.get("/v1/orders/entitlements").accepted()["entitlements"]
    return course_id in {entitlement["course_id"] for entitlement in found}


def _place(world: World, learner_id: str, course_id: str) -> str:
    now = datetime.now(UTC)
    order_id = f"{now:%Y%m%d%H%M%S}{uuid4().hex[-18:]}"
    line = Line(1, Goods.COURSE, course_id, "1", "测试课程", PRICE_FEN, PRICE_FEN, PriceReason.LIST)
    order = Order(OrderId(order_id), LearnerId(learner_id), (line,), now, now + PAYMENT_TIME, uuid4().hex)
    put_item(
        world,
        "orders",
        latest_order_key(LearnerId(learner_id), Goods.COURSE, course_id),
        encode(LatestOrder(OrderId(order_id))),
    )
    put_item(world, "orders", order_key(OrderId(order_id)), encode(order))
    return order_id


def put_item(world: World, service: str, key: Key, body: str) -> None:
    """Writes an item into a service's table, past the service."""
    item = {"pk": {"S": key.pk}, "sk": {"S": key.sk}, "version": {"N": "1"}, "body": {"S": body}}
    world.system.client("dynamodb").put_item(TableName=world.system.table(service), Item=item)
