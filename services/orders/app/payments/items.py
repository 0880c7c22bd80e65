"""What is kept of payments, and where."""

from datetime import datetime

from services.kit.kinds import ID_ONLY, NOTHING, stored
from services.kit.store import Key, Stored, required
from services.kit.store.shards import shard_of, shards_of
from services.orders.app.context import Context
from services.orders.domain.ids import LearnerId, OrderId, PaymentNumber, RefundId
from services.orders.domain.payment import Method, Payment, ProviderName, Within


def payment_key(number: PaymentNumber) -> Key:
    """A payment by its number, which begins with the hour it was made in."""
    return Key(shard_of(f"PAYMENTS#{number[:10]}", number), number or "-")


def payments_of_hour(hour: str) -> list[str]:
    """Partitions of the payments made in an hour (UTC, such as 2026112413)."""
    return shards_of(f"PAYMENTS#{hour}")


def read_payment(ctx: Context, number: PaymentNumber) -> Stored[Payment]:
    """The payment of a number. Raises LookupError."""
    return required(ctx.store.get(payment_key(number), Payment), LookupError(number))


@stored(shape=1, personal=NOTHING)
class PaymentOfOrder:
    """The number of an order's payment by one method: the newest, should an earlier one have been closed."""

    number: PaymentNumber


def order_payment_key(order_id: OrderId, method: Method, within: Within | None = None) -> Key:
    """The one payment of an order by a method, or within an app."""
    pk, prefix = order_payments(order_id)
    return Key(pk, f"{prefix}{method}{f'#{within}' if within else ''}")


def order_payments(order_id: OrderId) -> tuple[str, str]:
    """Partition and prefix of an order's payments, one for each way of paying."""
    return f"ORDER#{order_id}", "PAYMENT#"


@stored(shape=1, personal=ID_ONLY)
class PayerQuestion:
    """That WeChat was asked who is to pay an order; `number` is of the payment that its answer began, once."""

    learner_id: LearnerId
    order_id: OrderId
    asked_at: datetime
    number: PaymentNumber | None = None


def payer_question_key(state: str) -> Key:
    """What WeChat was asked, by what it sends back with its answer."""
    return Key(f"PAYER#{state}", "QUESTION")


@stored(shape=1, personal=NOTHING)
class NotificationRecord:
    """A notification that was taken."""

    number: PaymentNumber
    transaction_id: str
    received_at: datetime


def notification_key(provider: ProviderName, identifier: str) -> Key:
    """A notification of a provider, under the id that it keeps when it is sent again."""
    return Key(f"NOTICE#{provider}#{identifier}", "NOTICE")


@stored(shape=1, personal=NOTHING)
class UsedNonce:
    """A message that was taken: the same one never is again."""

    received_at: datetime


def nonce_key(provider: ProviderName, nonce: str) -> Key:
    """One message of a provider."""
    return Key(f"NONCE#{provider}#{nonce}", "NONCE")


@stored(shape=1, personal=NOTHING)
class PaymentReceipt:
    """What came of a payment: `refund_id` is of the refund that sends it back; without one, the order was granted."""

    order_id: OrderId
    payment_number: PaymentNumber
    amount_fen: int
    paid_at: datetime
    received_at: datetime
    refund_id: RefundId | None


def receipt_key(provider: str, trade_no: str) -> Key:
    """What came of a payment, by the provider's number of it."""
    return Key(f"RECEIPT#{provider}#{trade_no}", "RECEIPT")
