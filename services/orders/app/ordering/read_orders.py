"""Looking at orders."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from services.kit.store import Stored
from services.orders.app.context import Context
from services.orders.app.ordering.items import OwnOrder, own_order_key, own_orders, read_order
from services.orders.app.ordering.problems import ORDER_NOT_FOUND
from services.orders.domain.ids import LearnerId, OrderId
from services.orders.domain.order import Order

PAGE = 20


@dataclass(frozen=True)
class OrderPage:
    """Some of a learner's orders, newest first; `after` is the last one's id where there may be more."""

    orders: list[Order]
    after: OrderId | None


def known_order(ctx: Context, order_id: OrderId, learner_id: LearnerId | None = None) -> Stored[Order]:
    """An order; whether another learner than the one given has it, nobody is told. Raises ORDER_NOT_FOUND."""
    try:
        order = read_order(ctx, order_id)
    except LookupError:
        raise ORDER_NOT_FOUND.problem() from None
    if learner_id not in (None, order.value.learner_id):
        raise ORDER_NOT_FOUND.problem()
    return order


def list_orders(ctx: Context, learner_id: LearnerId, after: OrderId | None, limit: int) -> OrderPage:
    """A page of a learner's orders, those placed before the order `after` of an earlier page."""
    partition, prefix = own_orders(learner_id)
    start = own_order_key(learner_id, after).sk if after else ""
    found = ctx.store.page(partition, prefix, OwnOrder, start, limit)
    orders = [read_order(ctx, stored.value.order_id).value for stored in found.items]
    return OrderPage(orders, orders[-1].order_id if found.after else None)


def orders_since(ctx: Context, learner_id: LearnerId, since: datetime) -> Iterator[Order]:
    """A learner's orders placed since an instant, newest first; read a page at a time, no further than is looked at."""
    after: OrderId | None = None
    while True:
        page = list_orders(ctx, learner_id, after, PAGE)
        yield from takewhile(lambda order: order.created_at >= since, page.orders)
        if page.after is None or page.orders[-1].created_at < since:
            return
        after = page.after
