"""Orders as they are kept."""

from dataclasses import dataclass

from services.kit.store import Stored
from services.orders.app.context import Context
from services.orders.app.keys import order_key
from services.orders.domain.order import Order

_RANDOM_DIGITS = 18


@dataclass(frozen=True)
class LatestOrder:
    """The newest order of a course, or of a membership, by a learner. How it stands, the order says."""

    order_id: str


@dataclass(frozen=True)
class OwnOrder:
    """Says that an order is a learner's. How it stands, the order says."""

    order_id: str


def new_number(context: Context) -> str:
    """An id of 32 digits that begins with the second it was made in: its hour is the partition it is kept in."""
    return f"{context.clock.now():%Y%m%d%H%M%S}{context.ids.new()[-_RANDOM_DIGITS:]}"


def read_order(context: Context, order_id: str) -> Stored[Order]:
    """The order of an id. Raises LookupError."""
    stored = context.store.get(order_key(order_id), Order)
    if stored is None:
        raise LookupError(order_id)
    return stored
