"""A coupon's limits: reserved by an open order, confirmed by its payment, released where it is given up.

Two items say how often it is in use, overall and by the learner; every order with the coupon writes both on their
versions, so no two orders take the last use.
"""

from collections.abc import Callable
from datetime import timedelta

from services.kit.store import ABSENT, Key, Put, Stored, Write
from services.orders.app.context import Context
from services.orders.app.coupons.items import CouponHold, coupon_hold_key, coupon_key, coupon_usage_key
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
    return _taken(ctx, coupon, learner_id, lambda usage: usage.with_reserved(1))


def release(ctx: Context, order: Order) -> list[Write]:
    """Gives back what an open order reserved."""
    if order.coupon_code is None:
        return []
    usages = _usages(ctx, order.coupon_code, order.learner_id)
    return [_changed(usage, lambda before: before.with_reserved(-1)) for usage in usages]


def confirm(ctx: Context, order: Order) -> list[Write] | None:
    """Confirms what an order that is paid now reserved; what it had given back it takes anew, None if none is left."""
    if order.coupon_code is None:
        return []
    if order.state is OrderState.OPEN:
        usages = _usages(ctx, order.coupon_code, order.learner_id)
        return [_changed(usage, CouponUsage.with_confirmed) for usage in usages]
    coupon = ctx.store.get(coupon_key(order.coupon_code), Coupon)
    if coupon is None:
        raise LookupError("an order's coupon")
    return _taken(ctx, coupon.value, order.learner_id, lambda usage: usage.with_reserved(1).with_confirmed())


def _taken(
    ctx: Context, coupon: Coupon, learner_id: LearnerId, change: Callable[[CouponUsage], CouponUsage]
) -> list[Write] | None:
    overall, own = _usages(ctx, coupon.code, learner_id)
    if overall.value.taken >= coupon.total_limit or own.value.taken >= coupon.learner_limit:
        return None
    return [_changed(overall, change), _changed(own, change)]


def _usages(ctx: Context, code: CouponCode, learner_id: LearnerId) -> tuple[Stored[CouponUsage], Stored[CouponUsage]]:
    """Overall, and by the learner."""
    return _usage(ctx, coupon_usage_key(code)), _usage(ctx, coupon_usage_key(code, learner_id))


def _usage(ctx: Context, key: Key) -> Stored[CouponUsage]:
    return ctx.store.get(key, CouponUsage) or Stored(key, CouponUsage(), ABSENT)


def _changed(usage: Stored[CouponUsage], change: Callable[[CouponUsage], CouponUsage]) -> Put:
    return usage.put(change(usage.value))
