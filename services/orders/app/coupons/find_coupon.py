"""The coupon that somebody means by what they wrote."""

from services.kit.read_codes import letters_and_digits
from services.kit.store import Store, Stored
from services.orders.app.coupons.items import CouponPlace, coupon_key, coupon_reading_key
from services.orders.domain.coupon import MAX_CODE, Coupon, normal_code
from services.orders.domain.ids import CouponCode


def find_coupon(store: Store, written: str) -> Stored[Coupon] | None:
    """The coupon, however its code is written; None where there is none.

    Its very letters and digits come first: older coupons are found by them alone, and no newer one takes their place.
    """
    exact, normal = CouponCode(letters_and_digits(written)), normal_code(written)
    if not 0 < len(normal) <= MAX_CODE:
        return None
    found = store.get(coupon_key(exact), Coupon)
    if found:
        return found
    reading = store.get(coupon_reading_key(normal), CouponPlace)
    code = reading.value.code if reading else normal
    return store.get(coupon_key(code), Coupon) if code != exact else None
