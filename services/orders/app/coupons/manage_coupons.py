"""What staff do with coupons: make them, look at them, withdraw them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.kit.idempotency import Request, answer_once
from services.kit.identity import Principal
from services.kit.store import Change, Put, commit_retrying
from services.kit.store.codec import encode
from services.orders.app.context import Context
from services.orders.app.coupons.items import COUPONS, ListedCoupon, coupon_key, coupon_place, coupon_usage_key
from services.orders.app.coupons.problems import COUPON_EXISTS, COUPON_NOT_FOUND
from services.orders.domain.coupon import Coupon, Usage, code_from


@dataclass(frozen=True)
class CouponView:
    """A coupon, and how often it is in use."""

    coupon: Coupon
    usage: Usage


@dataclass(frozen=True)
class CouponPage:
    """Some coupons, newest first; `after` is the last one's place where there may be more."""

    coupons: Sequence[CouponView]
    after: str | None


def create_coupon(context: Context, actor: Principal, draft: Coupon, reason: str, idempotency_key: str) -> CouponView:
    """Makes a coupon like the draft, now; where that has no code, under a random one that nobody can guess.

    Raises:
        Problem: COUPON_EXISTS, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Coupon]:
        coupon = replace(draft, code=draft.code or code_from(context.ids.new()))
        if context.store.get(coupon_key(coupon.code), Coupon) is not None:
            raise COUPON_EXISTS.problem()
        writes = [
            Put(coupon_key(coupon.code), coupon),
            Put(coupon_place(context.clock.now(), coupon.code), ListedCoupon(coupon.code)),
            context.audit.entry(actor, "create_coupon", coupon.code, reason),
        ]
        return Change(writes), coupon

    request = Request(actor.id, idempotency_key, "create_coupon", {"coupon": encode(draft), "reason": reason})
    return _view(context, answer_once(context.store, context.clock, request, Coupon, plan))


def withdraw_coupon(context: Context, actor: Principal, code: str, reason: str) -> CouponView:
    """No order is placed with it from now on; those that hold it keep it. Once: the first reason stays.

    Raises:
        Problem: COUPON_NOT_FOUND.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Coupon]:
        stored = context.store.get(coupon_key(code), Coupon)
        if stored is None:
            raise COUPON_NOT_FOUND.problem()
        if stored.value.withdrawn:
            return Change(), stored.value
        withdrawn = replace(stored.value, withdrawn=True)
        audit = context.audit.entry(actor, "withdraw_coupon", code, reason)
        return Change([Put(stored.key, withdrawn, stored.version), audit]), withdrawn

    return _view(context, commit_retrying(context.store, plan))


def read_coupon(context: Context, code: str) -> CouponView:
    """One coupon. Raises COUPON_NOT_FOUND."""
    stored = context.store.get(coupon_key(code), Coupon)
    if stored is None:
        raise COUPON_NOT_FOUND.problem()
    return _view(context, stored.value)


def list_coupons(context: Context, after: str, limit: int) -> CouponPage:
    """A page of all coupons, after a place that an earlier page named."""
    found = context.store.page(COUPONS, "", ListedCoupon, after, limit)
    return CouponPage([read_coupon(context, stored.value.code) for stored in found.items], found.after)


def _view(context: Context, coupon: Coupon) -> CouponView:
    usage = context.store.get(coupon_usage_key(coupon.code), Usage)
    return CouponView(coupon, usage.value if usage else Usage())
