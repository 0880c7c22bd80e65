"""What is kept of payments, and where."""

from dataclasses import dataclass
from datetime import datetime

from services.kit.store import Key, Stored
from services.orders.app.context import Context
from services.orders.domain.payment import Method, Payment, ProviderName


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


def notice_key(provider: ProviderName, identifier: str) -> Key:
    """A notification of a provider, under the id that it keeps when it is sent again."""
    return Key(f"NOTICE#{provider}#{identifier}", "NOTICE")


def nonce_key(provider: ProviderName, nonce: str) -> Key:
    """One message of a provider."""
    return Key(f"NONCE#{provider}#{nonce}", "NONCE")


def receipt_key(provider: str, trade_no: str) -> Key:
    """What came of a payment, by the provider's number of it."""
    return Key(f"RECEIPT#{provider}#{trade_no}", "RECEIPT")


@dataclass(frozen=True)
class PaymentOfOrder:
    """The number of an order's payment by one method: the newest, should an earlier one have been closed."""

    number: str


def read_payment(context: Context, number: str) -> Stored[Payment] | None:
    """The payment of a number."""
    return context.store.get(payment_key(number), Payment)


@dataclass(frozen=True)
class Notice:
    """A notification that was taken."""

    number: str
    transaction_id: str
    received_at: datetime


@dataclass(frozen=True)
class UsedNonce:
    """A message that was taken: the same one never is again."""

    received_at: datetime


@dataclass(frozen=True)
class Receipt:
    """What came of a payment: `refund_id` is of the refund that sends it back; without one, the order was granted."""

    order_id: str
    payment_number: str
    amount_fen: int
    paid_at: datetime
    received_at: datetime
    refund_id: str | None
