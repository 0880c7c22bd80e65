"""Refunds as they are kept."""

from collections.abc import Sequence

from services.kit.store import Stored
from services.orders.app.context import Context
from services.orders.app.ordering.items import read_order
from services.orders.app.ordering.problems import ORDER_NOT_FOUND
from services.orders.app.refunds.items import RefundOfOrder, order_refunds, read_refund
from services.orders.app.refunds.problems import REFUND_NOT_FOUND
from services.orders.domain.order import Order
from services.orders.domain.refund import Refund


def known_refund(context: Context, refund_id: str) -> Stored[Refund]:
    """The same for somebody who asks. Raises REFUND_NOT_FOUND."""
    try:
        return read_refund(context, refund_id)
    except LookupError:
        raise REFUND_NOT_FOUND.problem() from None


def own_refund(context: Context, learner_id: str, refund_id: str) -> Refund:
    """How an own refund stands; whether another learner has it, nobody is told. Raises REFUND_NOT_FOUND."""
    refund = known_refund(context, refund_id).value
    if refund.learner_id != learner_id:
        raise REFUND_NOT_FOUND.problem()
    return refund


def known_order(context: Context, order_id: str, learner_id: str | None = None) -> Stored[Order]:
    """An order, of this learner where one is given. Raises ORDER_NOT_FOUND."""
    try:
        order = read_order(context, order_id)
    except LookupError:
        raise ORDER_NOT_FOUND.problem() from None
    if learner_id not in (None, order.value.learner_id):
        raise ORDER_NOT_FOUND.problem()
    return order


def refunds_of_order(context: Context, order_id: str, learner_id: str | None = None) -> Sequence[Refund]:
    """All refunds of an order, oldest first. Raises ORDER_NOT_FOUND."""
    known_order(context, order_id, learner_id)
    return [read_refund(context, place.refund_id).value for place in refund_places(context, order_id)]


def refund_places(context: Context, order_id: str) -> list[RefundOfOrder]:
    """Which refunds an order has, oldest first."""
    return [stored.value for stored in context.store.query(*order_refunds(order_id), RefundOfOrder)]
