"""Looking at refunds."""

from collections.abc import Sequence
from datetime import date

from services.kit.days import Days
from services.kit.store import Page, Stored
from services.kit.store.pages import page_of
from services.orders.app.context import Context
from services.orders.app.ordering.read_orders import known_order
from services.orders.app.refunds.items import RefundOfOrder, order_refunds, read_refund, refund_key, refunds_of_hour
from services.orders.app.refunds.problems import REFUND_NOT_FOUND
from services.orders.domain.ids import LearnerId, OrderId, RefundId
from services.orders.domain.refund import Refund, RefundStatus


def known_refund(ctx: Context, refund_id: RefundId, learner_id: LearnerId | None = None) -> Stored[Refund]:
    """A refund; whether another learner than the one given has it, nobody is told. Raises REFUND_NOT_FOUND."""
    refund = ctx.store.get(refund_key(refund_id), Refund)
    if refund is None or learner_id not in (None, refund.value.learner_id):
        raise REFUND_NOT_FOUND.problem()
    return refund


def refunds_of_order(ctx: Context, order_id: OrderId, learner_id: LearnerId | None = None) -> Sequence[Refund]:
    """All refunds of an order, oldest first. Raises ORDER_NOT_FOUND."""
    known_order(ctx, order_id, learner_id)
    return [read_refund(ctx, place.refund_id).value for place in refund_places(ctx, order_id)]


def refund_places(ctx: Context, order_id: OrderId) -> list[RefundOfOrder]:
    """Which refunds an order has, oldest first."""
    return [stored.value for stored in ctx.store.query(*order_refunds(order_id), RefundOfOrder)]


def refunds_of_day(ctx: Context, day: date, status: RefundStatus | None, after: str, limit: int) -> Page[Refund]:
    """A page of the refunds asked for on a civil day in China, of one status or of any, in order of their ids."""
    hours = (hour for hour in Days(day, day).hours() if hour >= after[:10])
    partitions = ((refunds_of_hour(hour), "") for hour in hours)
    return page_of(ctx.store, partitions, Refund, after, limit, lambda refund: status in (None, refund.status))
