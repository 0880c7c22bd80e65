"""Orders and payments for tests."""

from dataclasses import replace
from datetime import datetime

from services.kit.store import Change, Put
from services.orders.app.keys import latest_order_key, order_key
from services.orders.app.orders import LatestOrder, new_number, read_order
from services.orders.app.record_payment import PaymentNotice, Receipt, record_payment
from services.orders.domain.order import PAYMENT_TIME, Goods, Line, Order, PriceReason
from tests.unit.orders.world import MEMBER, ORDINARY, World

PRICE = 9900


def a_line(number: int = 1, course_id: str = ORDINARY, price_fen: int = PRICE) -> Line:
    """A course at its list price."""
    return Line(number, Goods.COURSE, course_id, "1", "期权", price_fen, price_fen, PriceReason.LIST)


def place(world: World, *lines: Line, learner_id: str = MEMBER) -> Order:
    """An open order, as it is kept."""
    now = world.clock.now()
    order = Order(
        order_id=new_number(world.context),
        learner_id=learner_id,
        lines=lines or (a_line(),),
        created_at=now,
        expires_at=now + PAYMENT_TIME,
        correlation_id="request-1",
    )
    for line in order.lines:
        key = latest_order_key(learner_id, line.goods, line.item_id)
        known = world.store.get(key, LatestOrder)
        world.store.commit(Change([Put(key, LatestOrder(order.order_id), known.version if known else 0)]))
    world.store.commit(Change([Put(order_key(order.order_id), order)]))
    return order


def notice(order: Order, trade_no: str = "T1", paid_at: datetime | None = None) -> PaymentNotice:
    """The order's payment."""
    at = paid_at or order.created_at
    return PaymentNotice(order.order_id, "wechat", f"N-{trade_no}", trade_no, order.amount_fen, "CNY", at)


def pay(world: World, order: Order, trade_no: str = "T1", **changed: object) -> Receipt:
    """Pays the order."""
    return record_payment(world.context, replace(notice(order, trade_no), **changed))  # type: ignore[arg-type]


def reread(world: World, order: Order) -> Order:
    """The order as it stands now."""
    return read_order(world.context, order.order_id).value
