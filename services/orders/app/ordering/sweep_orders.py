"""Closing orders whose time is over. That they are over needs nobody: this gives back what they reserved."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from services.kit.observability import count, logger
from services.kit.store import Conflict, Stored
from services.orders.app.context import Context
from services.orders.app.metrics import UNCLOSED_ORDERS
from services.orders.app.ordering.close_order import expire_order
from services.orders.app.ordering.items import orders_of_hour
from services.orders.app.payments.record_payment import settle_free
from services.orders.app.payments.sweep_payments import hours_to_look_at
from services.orders.domain.order import Order, OrderState

PATIENCE = timedelta(seconds=60)
"""How long an order of nothing is left to whoever is placing it."""


def sweep_orders(ctx: Context, enough: Callable[[], bool] = lambda: False) -> int:
    """Closes the open orders that have expired, the newest hour first, until done or `enough`; returns how many.

    One that costs nothing, whose placing died before it was granted, is granted. One that others keep writing is left
    for the next run.
    """
    closed, now = 0, ctx.clock.now()
    for stored in _orders(ctx, now):
        if enough():
            break
        closed += _close(ctx, stored.value, now)
    return closed


def _orders(ctx: Context, now: datetime) -> Iterator[Stored[Order]]:
    for hour in hours_to_look_at(now):
        for pk in orders_of_hour(hour):
            yield from ctx.store.query(pk, "", Order)


def _close(ctx: Context, order: Order, now: datetime) -> bool:
    free, over = order.amount_fen == 0, order.state_at(now) is OrderState.EXPIRED
    due = order.created_at <= now - PATIENCE if free else over
    if order.state is not OrderState.OPEN or not due:
        return False
    try:
        if free:
            settle_free(ctx, order.order_id)
        if over:  # one that could not be granted any more is among them
            expire_order(ctx, order.order_id)
    except Conflict as error:
        logger().warning("order not closed", order_id=order.order_id, reason=str(error))
        count(UNCLOSED_ORDERS)
        return False
    return True
