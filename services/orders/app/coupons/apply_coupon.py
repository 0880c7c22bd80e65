"""Whether a learner may use a coupon for what they want to buy; and how often they may try codes that are none."""

from collections.abc import Sequence
from datetime import timedelta

from services.kit.store import ABSENT, Change, Put, Stored, Write, commit_retrying
from services.orders.app.context import Context
from services.orders.app.coupons.items import Hold, coupon_attempts_key, coupon_hold_key, coupon_holds, coupon_key
from services.orders.app.coupons.problems import (
    COUPON_NOT_APPLICABLE,
    COUPON_NOT_FOUND,
    COUPON_NOT_VALID_NOW,
    COUPON_USED_UP,
    TOO_MANY_COUPON_CODES,
)
from services.orders.app.coupons.usage import reserve
from services.orders.app.ordering.own_orders import expire_order
from services.orders.domain.coupon import ATTEMPTS_WINDOW, Attempts, Coupon
from services.orders.domain.order import Line

SWEPT_WITHIN = timedelta(minutes=3)
"""Every minute `sweep_orders` gives back what expired orders hold."""
MOST_HOLDS = 50


def apply_coupon(
    context: Context, learner_id: str, code: str, lines: Sequence[Line]
) -> tuple[tuple[Line, ...], list[Write]]:
    """The lines with the coupon's discount, and the writes that reserve it.

    Raises:
        Problem: TOO_MANY_COUPON_CODES, COUPON_NOT_FOUND, COUPON_NOT_VALID_NOW, COUPON_NOT_APPLICABLE, COUPON_USED_UP.
        Conflict: the learner is trying codes in parallel.
    """
    coupon = _find(context, learner_id, code)
    if not coupon.open_at(context.clock.now()):
        raise COUPON_NOT_VALID_NOW.problem(
            valid_from=coupon.valid_from.isoformat(), valid_until=coupon.valid_until.isoformat()
        )
    if not any(coupon.applies_to(line) for line in lines):
        raise COUPON_NOT_APPLICABLE.problem(course_ids=list(coupon.course_ids))
    reserved = reserve(context, coupon, learner_id)
    if reserved is None and _close_lapsed(context, code):
        reserved = reserve(context, coupon, learner_id)
    if reserved is None:
        raise COUPON_USED_UP.problem()
    return coupon.taken_off(lines), reserved


def _find(context: Context, learner_id: str, code: str) -> Coupon:
    """Each code counts as wrong until it is found to be right, so that no more are looked at in parallel.

    A right one is refused as well once there were too many wrong ones: the refusal must not tell them apart.
    """
    counted = commit_retrying(context.store, lambda: _count(context, learner_id))
    found = context.store.get(coupon_key(code), Coupon)
    if found is None or found.value.withdrawn:
        raise COUPON_NOT_FOUND.problem()
    commit_retrying(context.store, lambda: _give_back(context, learner_id, counted))
    return found.value


def _count(context: Context, learner_id: str) -> tuple[Change, Attempts]:
    stored, now = _attempts(context, learner_id), context.clock.now()
    if stored.value.exhausted_at(now):
        raise _too_many(stored.value)
    counted = stored.value.counted(now)
    return Change([_kept(stored, counted)]), counted


def _give_back(context: Context, learner_id: str, counted: Attempts) -> tuple[Change, None]:
    stored = _attempts(context, learner_id)
    return Change([_kept(stored, stored.value.given_back(counted))]), None


def _kept(stored: Stored[Attempts], attempts: Attempts) -> Put:
    return Put(stored.key, attempts, stored.version, int((attempts.since + ATTEMPTS_WINDOW).timestamp()))


def _close_lapsed(context: Context, code: str) -> bool:
    """Closes what holds the coupon past its time and was not swept yet; answers whether there was any."""
    now, closed = context.clock.now(), False
    after = coupon_hold_key(code, now - SWEPT_WITHIN, "").sk
    for hold in context.store.page(*coupon_holds(code), Hold, after, MOST_HOLDS).items:
        if hold.value.expires_at > now:
            break
        closed |= expire_order(context, hold.value.order_id)
    return closed


def _too_many(attempts: Attempts) -> Exception:
    return TOO_MANY_COUPON_CODES.problem(retry_at=(attempts.since + ATTEMPTS_WINDOW).isoformat())


def _attempts(context: Context, learner_id: str) -> Stored[Attempts]:
    key = coupon_attempts_key(learner_id)
    return context.store.get(key, Attempts) or Stored(key, Attempts(context.clock.now()), ABSENT)
