"""Whether a learner may use a coupon for what they want to buy; and how often they may try codes that are none."""

from collections.abc import Sequence

from services.kit.store import ABSENT, Change, Put, Stored, Write, commit_retrying
from services.orders.app.context import Context
from services.orders.app.coupons.problems import (
    COUPON_NOT_APPLICABLE,
    COUPON_NOT_FOUND,
    COUPON_NOT_VALID_NOW,
    COUPON_USED_UP,
    TOO_MANY_COUPON_CODES,
)
from services.orders.app.coupons.usage import reserve
from services.orders.app.keys import coupon_attempts_key, coupon_key
from services.orders.domain.coupon import ATTEMPTS_WINDOW, Attempts, Coupon
from services.orders.domain.order import Line


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
    if reserved is None:
        raise COUPON_USED_UP.problem()
    return coupon.taken_off(lines), reserved


def _find(context: Context, learner_id: str, code: str) -> Coupon:
    """A right code is refused as well once there were too many wrong ones: the refusal must not tell them apart."""
    attempts = _attempts(context, learner_id)
    if attempts.value.exhausted_at(context.clock.now()):
        raise _too_many(attempts.value)
    found = context.store.get(coupon_key(code), Coupon)
    if found is not None and not found.value.withdrawn:
        return found.value
    commit_retrying(context.store, lambda: _count(context, learner_id))
    raise COUPON_NOT_FOUND.problem()


def _count(context: Context, learner_id: str) -> tuple[Change, None]:
    stored, now = _attempts(context, learner_id), context.clock.now()
    if stored.value.exhausted_at(now):
        raise _too_many(stored.value)
    counted = stored.value.counted(now)
    expires_at = int((counted.since + ATTEMPTS_WINDOW).timestamp())
    return Change([Put(stored.key, counted, stored.version, expires_at)]), None


def _too_many(attempts: Attempts) -> Exception:
    return TOO_MANY_COUPON_CODES.problem(retry_at=(attempts.since + ATTEMPTS_WINDOW).isoformat())


def _attempts(context: Context, learner_id: str) -> Stored[Attempts]:
    key = coupon_attempts_key(learner_id)
    return context.store.get(key, Attempts) or Stored(key, Attempts(context.clock.now()), ABSENT)
