"""What staff do with coupons: make them, look at them, withdraw them."""

from dataclasses import dataclass, replace

from services.kit.call import Call
from services.kit.idempotency import answer_once
from services.kit.store import Change, Page, Put, commit_retrying, required
from services.kit.store.codec import encode
from services.orders.app.context import Context
from services.orders.app.coupons.items import COUPONS, CouponPlace, coupon_key, coupon_place_key
from services.orders.app.coupons.problems import COUPON_EXISTS, COUPON_NEVER_VALID, COUPON_NOT_FOUND
from services.orders.app.coupons.usage import read_usage
from services.orders.domain.coupon import Coupon, CouponUsage, code_from
from services.orders.domain.ids import CouponCode


@dataclass(frozen=True)
class CouponView:
    """A coupon, and how often it is in use."""

    coupon: Coupon
    usage: CouponUsage


def create_coupon(ctx: Context, call: Call, draft: Coupon, reason: str) -> CouponView:
    """Makes a coupon like the draft, now; where that has no code, under a random one that nobody can guess.

    Raises:
        Problem: COUPON_NEVER_VALID, COUPON_EXISTS, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Coupon]:
        if draft.valid_from >= draft.valid_until:
            raise COUPON_NEVER_VALID.problem()
        coupon = replace(draft, code=draft.code or code_from(ctx.ids.new()))
        if ctx.store.get(coupon_key(coupon.code), Coupon) is not None:
            raise COUPON_EXISTS.problem()
        writes = [
            Put(coupon_key(coupon.code), coupon),
            Put(coupon_place_key(ctx.clock.now(), coupon.code), CouponPlace(coupon.code)),
            ctx.audit.entry(call.caller, "create_coupon", coupon.code, reason),
        ]
        return Change(writes), coupon

    request = call.request("create_coupon", coupon=encode(draft), reason=reason)
    return _view(ctx, answer_once(ctx.store, ctx.clock, request, Coupon, plan))


def withdraw_coupon(ctx: Context, call: Call, code: CouponCode, reason: str) -> CouponView:
    """No order is placed with it from now on; those that hold it keep it. Once: the first reason stays.

    Raises:
        Problem: COUPON_NOT_FOUND.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Coupon]:
        stored = required(ctx.store.get(coupon_key(code), Coupon), COUPON_NOT_FOUND.problem())
        if stored.value.withdrawn:
            return Change(), stored.value
        withdrawn = replace(stored.value, withdrawn=True)
        audit = ctx.audit.entry(call.caller, "withdraw_coupon", code, reason)
        return Change([stored.put(withdrawn), audit]), withdrawn

    return _view(ctx, commit_retrying(ctx.store, plan))


def read_coupon(ctx: Context, code: CouponCode) -> CouponView:
    """One coupon. Raises COUPON_NOT_FOUND."""
    stored = required(ctx.store.get(coupon_key(code), Coupon), COUPON_NOT_FOUND.problem())
    return _view(ctx, stored.value)


def list_coupons(ctx: Context, after: str, limit: int) -> Page[CouponView]:
    """A page of all coupons, the newest first."""
    found = ctx.store.page(COUPONS, "", CouponPlace, after, limit)
    return found.map(lambda stored: read_coupon(ctx, stored.value.code))


def _view(ctx: Context, coupon: Coupon) -> CouponView:
    return CouponView(coupon, read_usage(ctx, coupon.code))
