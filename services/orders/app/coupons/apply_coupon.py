"""Whether a learner may use a coupon for what they want to buy; and how often they may try codes that are none."""

from collections.abc import Sequence
from datetime import timedelta

from services.kit.store import Change, Stored, Write, commit_retrying, read_or
from services.orders.app.context import Context
from services.orders.app.coupons.find_coupon import find_coupon
from services.orders.app.coupons.items import CouponHold, coupon_attempts_key, coupon_hold_key, coupon_holds
from services.orders.app.coupons.problems import (
    COUPON_NOT_APPLICABLE,
    COUPON_NOT_FOUND,
    COUPON_NOT_VALID_NOW,
    COUPON_USED_UP,
    TOO_MANY_COUPON_CODES,
)
from services.orders.app.coupons.usage import reserve
from services.orders.app.ordering.close_order import expire_order
from services.orders.domain.coupon import ATTEMPTS_WINDOW, Coupon, CouponAttempts, normal_code
from services.orders.domain.ids import CouponCode, LearnerId
from services.orders.domain.order import Line

SWEPT_WITHIN = timedelta(minutes=3)
"""Every minute `sweep_orders` gives back what expired orders hold."""
MOST_HOLDS = 50


def apply_coupon(
    ctx: Context, learner_id: LearnerId, written: str, lines: Sequence[Line]
) -> tuple[CouponCode, tuple[Line, ...], list[Write]]:
    """The coupon's code, the lines with its discount, and the writes that reserve it.

    Raises:
        Problem: TOO_MANY_COUPON_CODES, COUPON_NOT_FOUND, COUPON_NOT_VALID_NOW, COUPON_NOT_APPLICABLE, COUPON_USED_UP.
        Conflict: the learner is trying codes in parallel.
    """
    coupon = _find(ctx, learner_id, written)
    if not coupon.open_at(ctx.clock.now()):
        raise COUPON_NOT_VALID_NOW.problem(
            valid_from=coupon.valid_from.isoformat(), valid_until=coupon.valid_until.isoformat()
        )
    if not any(coupon.applies_to(line) for line in lines):
        raise COUPON_NOT_APPLICABLE.problem(course_ids=list(coupon.course_ids))
    reserved = reserve(ctx, coupon, learner_id)
    if reserved is None and _close_lapsed(ctx, coupon.code):
        reserved = reserve(ctx, coupon, learner_id)
    if reserved is None:
        raise COUPON_USED_UP.problem()
    return coupon.code, coupon.taken_off(lines), reserved


def _find(ctx: Context, learner_id: LearnerId, written: str) -> Coupon:
    """Each code counts as wrong until it is found to be right, so that no more are looked at in parallel.

    A right one is refused as well once there were too many wrong ones: the refusal must not tell them apart.
    """
    code = normal_code(written)
    counted = commit_retrying(ctx.store, lambda: _count(ctx, learner_id, code))
    found = find_coupon(ctx.store, written)
    if found is None or found.value.withdrawn:
        raise COUPON_NOT_FOUND.problem()
    commit_retrying(ctx.store, lambda: _give_back(ctx, learner_id, code, counted))
    return found.value


def _count(ctx: Context, learner_id: LearnerId, code: CouponCode) -> tuple[Change, CouponAttempts]:
    stored, now = _attempts(ctx, learner_id), ctx.clock.now()
    if stored.value.refuses(code, now):
        raise TOO_MANY_COUPON_CODES.problem(retry_at=(stored.value.since + ATTEMPTS_WINDOW).isoformat())
    counted = stored.value.counted(code, now)
    return _changed(stored, counted), counted


def _give_back(ctx: Context, learner_id: LearnerId, code: CouponCode, counted: CouponAttempts) -> tuple[Change, None]:
    stored = _attempts(ctx, learner_id)
    return _changed(stored, stored.value.given_back(code, counted)), None


def _changed(stored: Stored[CouponAttempts], attempts: CouponAttempts) -> Change:
    if attempts == stored.value:
        return Change()
    return Change([stored.put(attempts, int((attempts.since + ATTEMPTS_WINDOW).timestamp()))])


def _close_lapsed(ctx: Context, code: CouponCode) -> bool:
    """Closes what holds the coupon past its time and was not swept yet; returns whether there was any."""
    now, closed = ctx.clock.now(), False
    after = coupon_hold_key(code, now - SWEPT_WITHIN, "").sk
    for hold in ctx.store.page(*coupon_holds(code), CouponHold, after, MOST_HOLDS).items:
        if hold.value.expires_at > now:
            break
        closed |= expire_order(ctx, hold.value.order_id)
    return closed


def _attempts(ctx: Context, learner_id: LearnerId) -> Stored[CouponAttempts]:
    return read_or(ctx.store, coupon_attempts_key(learner_id), CouponAttempts(ctx.clock.now()))
