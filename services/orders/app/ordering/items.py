"""What is kept of carts and orders, and where."""

from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Key, Stored, read_or, required
from services.kit.store.shards import shard_of, shards_of
from services.orders.app.context import Context
from services.orders.app.items import learner_pk, newest_first
from services.orders.domain.cart import Cart
from services.orders.domain.ids import LearnerId, OrderId
from services.orders.domain.order import Goods, Order


def cart_key(learner_id: LearnerId) -> Key:
    """A learner's cart."""
    return Key(learner_pk(learner_id), "CART")


def read_cart(ctx: Context, learner_id: LearnerId) -> Stored[Cart]:
    """The cart as it is kept; an empty one where there is none."""
    return read_or(ctx.store, cart_key(learner_id), Cart())


def order_key(order_id: OrderId) -> Key:
    """An order by its id, which begins with the hour it was placed in."""
    return Key(shard_of(f"ORDERS#{order_id[:10]}", order_id), order_id or "-")


def orders_of_hour(hour: str) -> list[str]:
    """Partitions of the orders placed in an hour (UTC, such as 2026112413)."""
    return shards_of(f"ORDERS#{hour}")


def read_order(ctx: Context, order_id: OrderId) -> Stored[Order]:
    """The order of an id. Raises LookupError."""
    return required(ctx.store.get(order_key(order_id), Order), LookupError(order_id))


@stored(shape=1, personal=ID_ONLY)
class OwnOrder:
    """Says that an order is a learner's. How it stands, the order says."""

    order_id: OrderId


def own_order_key(learner_id: LearnerId, order_id: OrderId) -> Key:
    """Where an order stands among a learner's."""
    return Key(learner_pk(learner_id), f"ORDER#{newest_first(order_id)}")


def own_orders(learner_id: LearnerId) -> tuple[str, str]:
    """Partition and sort-key prefix of what says which orders are a learner's, the newest first."""
    return learner_pk(learner_id), "ORDER#"


@stored(shape=1, personal=ID_ONLY)
class LatestOrder:
    """The newest order of a course, or of a membership, by a learner. How it stands, the order says."""

    order_id: OrderId


def latest_order_key(learner_id: LearnerId, goods: Goods, item_id: str) -> Key:
    """Names the newest order of a course, or of a membership of whatever plan, by a learner."""
    return Key(learner_pk(learner_id), f"ORDERED#{goods}#{item_id if goods is Goods.COURSE else ''}")


def latest_order(ctx: Context, learner_id: LearnerId, goods: Goods, item_id: str) -> Stored[LatestOrder]:
    """What names that order; it names none where nothing was ordered."""
    return read_or(ctx.store, latest_order_key(learner_id, goods, item_id), LatestOrder(OrderId("")))
