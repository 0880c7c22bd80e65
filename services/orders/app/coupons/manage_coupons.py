"""What staff do with coupons: make them, look at them, withdraw them."""

from dataclasses import dataclass, replace

from services.kit.call import Call
from services.kit.idempotency import answer_once
from services.kit.read_codes import letters_and_digits
from services.kit.store import Change, Page, Put, commit_retrying, required
from services.kit.store.codec import encode
from services.orders.app.context import Context
from services.orders.app.coupons.find_coupon import find_coupon
from services.orders.app.coupons.items import COUPONS, CouponPlace, coupon_key, coupon_place_key, coupon_reading_key
from services.orders.app.coupons.problems import COUPON_EXISTS, COUPON_NEVER_VALID, COUPON_NOT_FOUND
from services.orders.app.coupons.usage import read_usage
from services.orders.domain.coupon import Coupon, CouponUsage, code_from, normal_code
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
        coupon = replace(draft, code=draft.code if normal_code(draft.code) else code_from(ctx.ids.new()))
        if find_coupon(ctx.store, coupon.code) is not None:
            raise COUPON_EXISTS.problem()
        writes = [
            Put(coupon_key(coupon.code), coupon),
            Put(coupon_reading_key(normal_code(coupon.code)), CouponPlace(coupon.code)),
            Put(coupon_place_key(ctx.clock.now(), normal_code(coupon.code)), CouponPlace(coupon.code)),
            ctx.audit.entry(call.caller, "create_coupon", coupon.code, reason),
        ]
        return Change(writes), coupon

    # As requests were compared before codes were kept as written.
    compared = replace(draft, code=CouponCode(letters_and_digits(draft.code)))
    request = call.request("create_coupon", coupon=encode(compared), reason=reason)
    return _view(ctx, answer_once(ctx.store, ctx.clock, request, Coupon, plan))


def withdraw_coupon(ctx: Context, call: Call, code: str, reason: str) -> CouponView:
    """No order is placed with it from now on; those that hold it keep it. Once: the first reason stays.

    Raises:
        Problem: COUPON_NOT_FOUND.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Coupon]:
        stored = required(find_coupon(ctx.store, code), COUPON_NOT_FOUND.problem())
        if stored.value.withdrawn:
            return Change(), stored.value
        withdrawn = replace(stored.value, withdrawn=True)
        audit = ctx.audit.entry(call.caller, "withdraw_coupon", withdrawn.code, reason)
        return Change([stored.put(withdrawn), audit]), withdrawn

    return _view(ctx, commit_retrying(ctx.store, plan))


def read_coupon(ctx: Context, code: str) -> CouponView:
    """One coupon, however its code is written. Raises COUPON_NOT_FOUND."""
    return _view(ctx, required(find_coupon(ctx.store, code), COUPON_NOT_FOUND.problem()).value)


def list_coupons(ctx: Context, after: str, limit: int) -> Page[CouponView]:
    """A page of all coupons, the newest first."""
    found = ctx.store.page(COUPONS, "", CouponPlace, after, limit)
    return found.map(lambda place: _view(ctx, _placed(ctx, place.value)))


def _placed(ctx: Context, place: CouponPlace) -> Coupon:
    return required(ctx.store.get(coupon_key(place.code), Coupon), LookupError("a placed coupon")).value


def _view(ctx: Context, coupon: Coupon) -> CouponView:
    return CouponView(coupon, read_usage(ctx, coupon.code))
