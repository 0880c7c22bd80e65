"""A coupon's limits: reserved by an open order, confirmed by its payment, released where it is given up.

How often it is in use overall are counters in shards, as hundreds may order with one coupon in the same second; each
shard has its part of the limit, so the limit is exact. By the learner it is one item on its version.
"""

from datetime import timedelta

from services.kit.store import Put, Stored, Write, read_or, required
from services.orders.app.context import Context
from services.orders.app.coupons.items import (
    CouponHold,
    coupon_hold_key,
    coupon_key,
    coupons_paid,
    coupons_taken,
    own_usage_key,
)
from services.orders.domain.coupon import Coupon, CouponUsage
from services.orders.domain.ids import CouponCode, LearnerId
from services.orders.domain.order import Order, OrderState

_HOLD_KEPT = timedelta(hours=1)


def hold(order: Order) -> list[Write]:
    """What an order that is placed now leaves with its coupon, so that others find it once its time is over."""
    if order.coupon_code is None:
        return []
    key = coupon_hold_key(order.coupon_code, order.expires_at, order.order_id)
    kept_until = int((order.expires_at + _HOLD_KEPT).timestamp())
    return [Put(key, CouponHold(order.order_id, order.expires_at), expires_at=kept_until)]


def reserve(ctx: Context, coupon: Coupon, learner_id: LearnerId) -> list[Write] | None:
    """Takes one use for an order that is placed now; None where there is none left."""
    own = _own(ctx, coupon.code, learner_id)
    taken = coupons_taken(coupon.code).take(ctx.store, coupon.total_limit)
    if taken is None or own.value.taken >= coupon.learner_limit:
        return None
    return [taken, own.put(own.value.with_reserved(1))]


def release(ctx: Context, order: Order) -> list[Write]:
    """Gives back what an open order reserved."""
    if order.coupon_code is None:
        return []
    own = _own(ctx, order.coupon_code, order.learner_id)
    return [coupons_taken(order.coupon_code).give_back(ctx.store), own.put(own.value.with_reserved(-1))]


def confirm(ctx: Context, order: Order) -> list[Write] | None:
    """Confirms what an order that is paid now reserved; what it had given back it takes anew, None if none is left."""
    if order.coupon_code is None:
        return []
    own, paid = _own(ctx, order.coupon_code, order.learner_id), coupons_paid(order.coupon_code).add()
    if order.state is OrderState.OPEN:
        return [paid, own.put(own.value.with_confirmed())]
    coupon = required(ctx.store.get(coupon_key(order.coupon_code), Coupon), LookupError("an order's coupon"))
    taken = coupons_taken(order.coupon_code).take(ctx.store, coupon.value.total_limit)
    if taken is None or own.value.taken >= coupon.value.learner_limit:
        return None
    return [taken, paid, own.put(own.value.with_reserved(1).with_confirmed())]


def read_usage(ctx: Context, code: CouponCode) -> CouponUsage:
    """How often a coupon is in use, overall."""
    # In this order: whatever is paid meanwhile was taken before, so that no count is below nothing.
    confirmed = coupons_paid(code).total(ctx.store)
    return CouponUsage(coupons_taken(code).total(ctx.store) - confirmed, confirmed)


def _own(ctx: Context, code: CouponCode, learner_id: LearnerId) -> Stored[CouponUsage]:
    return read_or(ctx.store, own_usage_key(learner_id, code), CouponUsage())
