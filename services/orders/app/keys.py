"""Where things are kept. The README lists which access each key serves."""

from datetime import date, datetime

from services.kit.store import Key
from services.orders.domain.invoice import InvoiceStatus
from services.orders.domain.order import Goods
from services.orders.domain.payment import LineKind, Method, ProviderName

COUPONS = "COUPONS"
"""Partition of what says which coupons there are, the newest first."""

_COMPLEMENTS = str.maketrans("0123456789", "9876543210")


def course_key(course_id: str) -> Key:
    """The offer of a course."""
    return Key(f"COURSE#{course_id}", "OFFER")


def membership_key(learner_id: str) -> Key:
    """A learner's membership."""
    return Key(_learner(learner_id), "MEMBERSHIP")


def claim_key(learner_id: str, course_id: str) -> Key:
    """A learner's one claim of a course."""
    return Key(_learner(learner_id), f"CLAIM#{course_id}")


def erased_key(learner_id: str) -> Key:
    """Says that a learner's personal data was erased, and none is to be added."""
    return Key(_learner(learner_id), "ERASED")


def cart_key(learner_id: str) -> Key:
    """A learner's cart."""
    return Key(_learner(learner_id), "CART")


def claims(learner_id: str) -> tuple[str, str]:
    """Partition and sort-key prefix of a learner's claims."""
    return _learner(learner_id), "CLAIM#"


def entitlements(learner_id: str, course_id: str | None = None) -> tuple[str, str]:
    """Partition and sort-key prefix of a learner's entitlements, to one course or to all."""
    return _learner(learner_id), "ENTITLEMENT#" if course_id is None else f"ENTITLEMENT#{course_id}#"


def entitlement_key(learner_id: str, course_id: str, entitlement_id: str) -> Key:
    """One entitlement."""
    return Key(_learner(learner_id), f"ENTITLEMENT#{course_id}#{entitlement_id}")


def payment_key(number: str) -> Key:
    """A payment by its number, which begins with the hour it was made in."""
    return Key(payments_of_hour(number), number or "-")


def payments_of_hour(hour: str) -> str:
    """Partition of the payments made in an hour (UTC, such as 2026112413; a number will do)."""
    return f"PAYMENTS#{hour[:10]}"


def order_payment_key(order_id: str, method: Method) -> Key:
    """The one payment of an order by a method."""
    return Key(f"ORDER#{order_id}", f"PAYMENT#{method}")


def order_payments(order_id: str) -> tuple[str, str]:
    """Partition and sort-key prefix of an order's payments."""
    return f"ORDER#{order_id}", "PAYMENT#"


def movement_key(provider: str, day: date, kind: LineKind, reference: str) -> Key:
    """Money that a provider moved on a civil day: a payment by its number, or a refund by its id."""
    return Key(movements_of_day(provider, day), f"{kind}#{reference}")


def movements_of_day(provider: str, day: date) -> str:
    """Partition of what a provider moved on a civil day."""
    return f"MOVEMENTS#{provider}#{day}"


def notice_key(provider: ProviderName, identifier: str) -> Key:
    """A notification of a provider, under the id that it keeps when it is sent again."""
    return Key(f"NOTICE#{provider}#{identifier}", "NOTICE")


def nonce_key(provider: ProviderName, nonce: str) -> Key:
    """One message of a provider."""
    return Key(f"NONCE#{provider}#{nonce}", "NONCE")


def order_key(order_id: str) -> Key:
    """An order by its id, which begins with the hour it was placed in."""
    return Key(orders_of_hour(order_id), order_id or "-")


def orders_of_hour(hour: str) -> str:
    """Partition of the orders placed in an hour (UTC, such as 2026112413; an order's id will do)."""
    return f"ORDERS#{hour[:10]}"


def own_order_key(learner_id: str, order_id: str) -> Key:
    """Says that an order is this learner's."""
    return Key(_learner(learner_id), f"ORDER#{_newest_first(order_id)}")


def own_orders(learner_id: str) -> tuple[str, str]:
    """Partition and sort-key prefix of what says which orders are a learner's, the newest first."""
    return _learner(learner_id), "ORDER#"


def latest_order_key(learner_id: str, goods: Goods, item_id: str) -> Key:
    """Names the newest order of a course, or of a membership of whatever plan, by a learner."""
    return Key(_learner(learner_id), f"ORDERED#{goods}#{item_id if goods is Goods.COURSE else ''}")


def receipt_key(provider: str, trade_no: str) -> Key:
    """What came of a payment, by the provider's number of it."""
    return Key(f"RECEIPT#{provider}#{trade_no}", "RECEIPT")


def refund_key(refund_id: str) -> Key:
    """A refund by its id, which begins with the hour it was asked for in."""
    return Key(refunds_of_hour(refund_id), refund_id or "-")


def order_refund_key(order_id: str, refund_id: str) -> Key:
    """Says that a refund is of this order."""
    return Key(f"ORDER#{order_id}", f"REFUND#{refund_id}")


def order_refunds(order_id: str) -> tuple[str, str]:
    """Partition and sort-key prefix of what says which refunds an order has."""
    return f"ORDER#{order_id}", "REFUND#"


def refunds_of_hour(hour: str) -> str:
    """Partition of the refunds asked for in an hour (UTC; a refund's id will do)."""
    return f"REFUNDS#{hour[:10]}"


def export_key(export_id: str) -> Key:
    """An export by its id, which begins with the month it was asked for in."""
    return Key(exports_of_month(export_id), export_id or "-")


def exports_of_month(month: str) -> str:
    """Partition of the exports asked for in a month (UTC, such as 202611; an export's id will do)."""
    return f"EXPORTS#{month[:6]}"


def check_key(check_id: str) -> Key:
    """A reconciliation by its id, which begins with the day it is about."""
    return Key(checks_of_month(check_id), check_id or "-")


def checks_of_month(month: str) -> str:
    """Partition of the reconciliations of a civil month's days (such as 202611; a reconciliation's id will do)."""
    return f"RECONCILIATIONS#{month[:6]}"


def daily_key(task: str, day: date) -> Key:
    """Says that what is done once for each civil day was asked for."""
    return Key(f"DAILY#{task}", f"{day}")


def invoice_key(invoice_id: str) -> Key:
    """An invoice by its id, which begins with the month in China that it was requested in."""
    return Key(f"INVOICES#{invoice_id[:6]}", invoice_id or "-")


def invoices_of_month(month: str) -> str:
    """Partition of the invoices requested in a civil month in China (2026-11); a day's ids begin with that day."""
    return f"INVOICES#{month.replace('-', '')}"


def invoice_entry_key(day: date, status: InvoiceStatus, invoice_id: str) -> Key:
    """An invoice as it was issued, or red-lettered, on a civil day in China."""
    return Key(invoice_entries_of_day(day), f"{status}#{invoice_id}")


def invoice_entries_of_day(day: date) -> str:
    """Partition of what was issued and red-lettered on a civil day in China."""
    return f"INVOICE_BOOK#{day}"


def buyer_key(invoice_id: str) -> Key:
    """Whom an invoice is made out to. Personal data has a partition of its own, so that it can go."""
    return Key(f"BUYER#{invoice_id}", "BUYER")


def order_invoice_key(order_id: str, invoice_id: str) -> Key:
    """Says that an invoice is of this order."""
    return Key(f"ORDER#{order_id}", f"INVOICE#{invoice_id}")


def order_invoices(order_id: str) -> tuple[str, str]:
    """Partition and sort-key prefix of what says which invoices an order has."""
    return f"ORDER#{order_id}", "INVOICE#"


def coupon_key(code: str) -> Key:
    """A coupon."""
    return Key(f"COUPON#{code}", "COUPON")


def coupon_usage_key(code: str, learner_id: str | None = None) -> Key:
    """How often a coupon is in use, overall or by one learner."""
    return Key(f"COUPON#{code}", "USAGE" if learner_id is None else f"USAGE#{learner_id}")


def coupon_hold_key(code: str, expires_at: datetime, order_id: str) -> Key:
    """Says that an order reserves a coupon until it expires."""
    return Key(f"COUPON#{code}", f"HOLD#{expires_at:%Y%m%d%H%M%S}#{order_id}")


def coupon_holds(code: str) -> tuple[str, str]:
    """Partition and sort-key prefix of what says which orders reserve a coupon, in the order of their expiry."""
    return f"COUPON#{code}", "HOLD#"


def coupon_place(created_at: datetime, code: str) -> Key:
    """Where a coupon stands among all of them."""
    return Key(COUPONS, f"{_newest_first(f'{created_at:%Y%m%d%H%M%S}')}#{code}")


def coupon_attempts_key(learner_id: str) -> Key:
    """How many codes that are none a learner has tried."""
    return Key(_learner(learner_id), "COUPON_ATTEMPTS")


def _newest_first(text: str) -> str:
    """The text with its leading second (14 digits) turned round, so that later ones sort before earlier ones."""
    return text[:14].translate(_COMPLEMENTS) + text[14:]


def _learner(learner_id: str) -> str:
    return f"LEARNER#{learner_id}"
