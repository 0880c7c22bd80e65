"""What is kept of coupons, and where."""

from datetime import datetime

from services.kit.kinds import NOTHING, stored
from services.kit.store import Key
from services.kit.store.counters import ShardedCounter
from services.orders.app.items import learner_pk, newest_first
from services.orders.domain.ids import CouponCode, LearnerId, OrderId

SHARDS = 30
"""Of a coupon's counts: 200 orders with it in one second do not meet."""
COUPONS = "COUPONS"
"""Partition of what says which coupons there are, the newest first."""


def coupon_key(code: CouponCode) -> Key:
    """A coupon."""
    return Key(f"COUPON#{code}", "COUPON")


@stored(shape=1, personal=NOTHING)
class CouponPlace:
    """Says that there is a coupon of this code."""

    code: CouponCode


def coupon_place_key(created_at: datetime, code: CouponCode) -> Key:
    """Where a coupon stands among all of them."""
    return Key(COUPONS, f"{newest_first(f'{created_at:%Y%m%d%H%M%S}')}#{code}")


def coupon_reading_key(normal: CouponCode) -> Key:
    """Which coupon is meant by codes that are read as this one."""
    return Key(f"COUPON#{normal}", "READING")


def coupons_taken(code: CouponCode) -> ShardedCounter:
    """How many orders that wait or are paid have the coupon."""
    return ShardedCounter(f"COUPON#{code}#TAKEN", "SHARD#", SHARDS)


def coupons_paid(code: CouponCode) -> ShardedCounter:
    """How many of those are paid."""
    return ShardedCounter(f"COUPON#{code}#PAID", "SHARD#", SHARDS)


def own_usage_key(learner_id: LearnerId, code: CouponCode) -> Key:
    """How often a learner uses a coupon."""
    return Key(learner_pk(learner_id), f"COUPON#{code}")


@stored(shape=1, personal=NOTHING)
class CouponHold:
    """Says which order reserves a coupon until when. It stays when the order is paid or given up, and says no more."""

    order_id: OrderId
    expires_at: datetime


def coupon_hold_key(code: CouponCode, expires_at: datetime, order_id: str) -> Key:
    """Says that an order reserves a coupon until it expires."""
    return Key(f"COUPON#{code}", f"HOLD#{expires_at:%Y%m%d%H%M%S}#{order_id}")


def coupon_holds(code: CouponCode) -> tuple[str, str]:
    """Partition and sort-key prefix of what says which orders reserve a coupon, in the order of their expiry."""
    return f"COUPON#{code}", "HOLD#"


def coupon_attempts_key(learner_id: LearnerId) -> Key:
    """How many codes that are none a learner has tried."""
    return Key(learner_pk(learner_id), "COUPON_ATTEMPTS")
