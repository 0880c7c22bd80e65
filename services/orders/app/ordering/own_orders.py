"""A learner's own orders: looking at them, giving one up; and writing down that one has expired."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from services.kit.store import Change, Put, Stored, commit_retrying
from services.orders.app.context import Context
from services.orders.app.coupons.usage import release
from services.orders.app.ordering.items import OwnOrder, order_key, own_order_key, own_orders, read_order
from services.orders.app.ordering.problems import ORDER_NOT_CANCELLABLE, ORDER_NOT_FOUND
from services.orders.domain.order import Order, OrderState

PAGE = 20


@dataclass(frozen=True)
class OrderPage:
    """Some of a learner's orders, newest first; `after` is the last one's id where there may be more."""

    orders: list[Order]
    after: str | None


def own_order(context: Context, learner_id: str, order_id: str) -> Stored[Order]:
    """One own order. Whether somebody else has it, nobody is told. Raises ORDER_NOT_FOUND."""
    stored = context.store.get(order_key(order_id), Order)
    if stored is None or stored.value.learner_id != learner_id:
        raise ORDER_NOT_FOUND.problem()
    return stored


def list_orders(context: Context, learner_id: str, after: str | None, limit: int) -> OrderPage:
    """A page of a learner's orders, those placed before the order `after` of an earlier page."""
    partition, prefix = own_orders(learner_id)
    start = own_order_key(learner_id, after).sk if after else ""
    found = context.store.page(partition, prefix, OwnOrder, start, limit)
    orders = [read_order(context, stored.value.order_id).value for stored in found.items]
    return OrderPage(orders, orders[-1].order_id if found.after else None)


def orders_since(context: Context, learner_id: str, since: datetime) -> Iterator[Order]:
    """A learner's orders placed since an instant, newest first; read a page at a time, no further than is looked at."""
    after: str | None = None
    while True:
        page = list_orders(context, learner_id, after, PAGE)
        yield from takewhile(lambda order: order.created_at >= since, page.orders)
        if page.after is None or page.orders[-1].created_at < since:
            return
        after = page.after


def cancel_order(context: Context, learner_id: str, order_id: str) -> Order:
    """Gives up an own open order, and what it reserved; once more for one that was given up already.

    Raises:
        Problem: ORDER_NOT_FOUND, ORDER_NOT_CANCELLABLE.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Order]:
        stored = own_order(context, learner_id, order_id)
        state = stored.value.state_at(context.clock.now())
        if state is OrderState.CANCELLED:
            return Change(), stored.value
        if state is not OrderState.OPEN:
            raise ORDER_NOT_CANCELLABLE.problem(state=state)
        return _closed(context, stored, OrderState.CANCELLED)

    return commit_retrying(context.store, plan)


def expire_order(context: Context, order_id: str) -> bool:
    """Writes down that an open order's time is over, and gives back what it reserved; answers whether this did it.

    Raises LookupError, Conflict.
    """

    def plan() -> tuple[Change, bool]:
        stored = read_order(context, order_id)
        over = stored.value.state_at(context.clock.now()) is OrderState.EXPIRED
        if stored.value.state is not OrderState.OPEN or not over:
            return Change(), False
        return _closed(context, stored, OrderState.EXPIRED)[0], True

    return commit_retrying(context.store, plan)


def _closed(context: Context, stored: Stored[Order], state: OrderState) -> tuple[Change, Order]:
    closed = stored.value.closed(state, context.clock.now())
    return Change([Put(stored.key, closed, stored.version), *release(context, stored.value)]), closed
