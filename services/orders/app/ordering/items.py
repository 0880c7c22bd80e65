"""What is kept of ordering, and where."""

from dataclasses import dataclass

from services.kit.store import Key, Stored
from services.orders.app.context import Context
from services.orders.app.items import learner, newest_first
from services.orders.domain.order import Goods, Order


def cart_key(learner_id: str) -> Key:
    """A learner's cart."""
    return Key(learner(learner_id), "CART")


def order_key(order_id: str) -> Key:
    """An order by its id, which begins with the hour it was placed in."""
    return Key(orders_of_hour(order_id), order_id or "-")


def orders_of_hour(hour: str) -> str:
    """Partition of the orders placed in an hour (UTC, such as 2026112413; an order's id will do)."""
    return f"ORDERS#{hour[:10]}"


def own_order_key(learner_id: str, order_id: str) -> Key:
    """Says that an order is this learner's."""
    return Key(learner(learner_id), f"ORDER#{newest_first(order_id)}")


def own_orders(learner_id: str) -> tuple[str, str]:
    """Partition and sort-key prefix of what says which orders are a learner's, the newest first."""
    return learner(learner_id), "ORDER#"


def latest_order_key(learner_id: str, goods: Goods, item_id: str) -> Key:
    """Names the newest order of a course, or of a membership of whatever plan, by a learner."""
    return Key(learner(learner_id), f"ORDERED#{goods}#{item_id if goods is Goods.COURSE else ''}")


@dataclass(frozen=True)
class LatestOrder:
    """The newest order of a course, or of a membership, by a learner. How it stands, the order says."""

    order_id: str


@dataclass(frozen=True)
class OwnOrder:
    """Says that an order is a learner's. How it stands, the order says."""

    order_id: str


def read_order(context: Context, order_id: str) -> Stored[Order]:
    """The order of an id. Raises LookupError."""
    stored = context.store.get(order_key(order_id), Order)
    if stored is None:
        raise LookupError(order_id)
    return stored
