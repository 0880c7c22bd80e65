"""Looking at orders."""

from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile

from services.kit.days import Days
from services.kit.store import Page, Store, Stored
from services.kit.store.pages import merged
from services.orders.app.context import Context
from services.orders.app.ordering.items import (
    OwnOrder,
    order_key,
    orders_of_hour,
    own_order_key,
    own_orders,
    read_order,
)
from services.orders.app.ordering.problems import ORDER_NOT_FOUND
from services.orders.domain.ids import LearnerId, OrderId
from services.orders.domain.order import Order

PAGE = 20


def known_order(ctx: Context, order_id: OrderId, learner_id: LearnerId | None = None) -> Stored[Order]:
    """An order; whether another learner than the one given has it, nobody is told. Raises ORDER_NOT_FOUND."""
    order = ctx.store.get(order_key(order_id), Order)
    if order is None or learner_id not in (None, order.value.learner_id):
        raise ORDER_NOT_FOUND.problem()
    return order


def list_orders(ctx: Context, learner_id: LearnerId, after: str | None, limit: int) -> Page[Order]:
    """A page of a learner's orders, newest first: those placed before the order `after`, which is the next page's."""
    partition, prefix = own_orders(learner_id)
    start = own_order_key(learner_id, OrderId(after)).sk if after else ""
    found = ctx.store.page(partition, prefix, OwnOrder, start, limit)
    orders = [read_order(ctx, stored.value.order_id).value for stored in found.items]
    return Page(orders, orders[-1].order_id if found.after else None)


def orders_since(ctx: Context, learner_id: LearnerId, since: datetime) -> Iterator[Order]:
    """A learner's orders placed since an instant, newest first; read a page at a time, no further than is looked at."""
    after: str | None = None
    while True:
        page = list_orders(ctx, learner_id, after, PAGE)
        yield from takewhile(lambda order: order.created_at >= since, page.items)
        if page.after is None or page.items[-1].created_at < since:
            return
        after = page.after


def orders_placed(store: Store, days: Days) -> Iterator[Order]:
    """All orders placed on some days, in the order of their ids."""
    for hour in days.hours():
        yield from (stored.value for stored in merged(store, orders_of_hour(hour), "", Order))
