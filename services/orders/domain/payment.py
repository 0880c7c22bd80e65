"""A payment of an order, and the port to the provider that moves the money."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from services.kit.kinds import ID_ONLY, stored
from services.orders.domain.ids import LearnerId, OrderId, PaymentNumber, RefundId

CURRENCY = "CNY"
"""The only one. Amounts are integer fen."""


class ProviderName(StrEnum):
    """Who moves the money."""

    WECHAT = "wechat"
    ALIPAY = "alipay"


class Method(StrEnum):
    """How the learner pays: by scanning a code, or by going to the provider's page on the phone."""

    WECHAT_NATIVE = "wechat_native"
    WECHAT_H5 = "wechat_h5"
    ALIPAY_QR = "alipay_qr"
    ALIPAY_WAP = "alipay_wap"

    @property
    def provider(self) -> ProviderName:
        """Whose method it is."""
        return ProviderName(self.value.split("_")[0])


class Within(StrEnum):
    """An app in whose own browser a payment is made, which asks the payer itself.

    The payment is one of the nearest method, since no answer names a method that clients of release 1.0.0 do not know.
    """

    WECHAT = "wechat"

    @property
    def method(self) -> Method:
        """The nearest method."""
        return {Within.WECHAT: Method.WECHAT_H5}[self]


class PaymentState(StrEnum):
    """How a payment stands here. It leaves OPEN once."""

    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"


@dataclass(frozen=True)
class Target:
    """Where the learner pays: the content of a QR code to scan, an address to go to, or what the app is asked with.

    `bridge` is signed for the app, which takes it from the page as it is.
    """

    qr_content: str | None = None
    url: str | None = None
    bridge: dict[str, str] | None = None


@dataclass(frozen=True)
class Payer:
    """Who pays, as far as the provider asks: the network address, and within WeChat the openid.

    The openid is who the person is to our official account, as WeChat said just now. It is kept nowhere.
    """

    address: str
    openid: str = ""


@stored(shape=1, personal=ID_ONLY)
class Payment:
    """One way of paying one order. The provider knows it by `number`; its amount never changes."""

    number: PaymentNumber
    order_id: OrderId
    learner_id: LearnerId
    method: Method
    amount_fen: int
    description: str
    created_at: datetime
    expires_at: datetime
    state: PaymentState = PaymentState.OPEN
    target: Target | None = None
    transaction_id: str | None = None
    paid_at: datetime | None = None
    within: Within | None = None


class TradeState(StrEnum):
    """How a payment stands at the provider. One that was refunded later has been paid."""

    UNPAID = "unpaid"
    PAID = "paid"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Trade:
    """What the provider says of a payment when asked. The last four are of a paid one."""

    number: PaymentNumber
    state: TradeState
    transaction_id: str = ""
    amount_fen: int = 0
    currency: str = ""
    paid_at: datetime | None = None


class RefundState(StrEnum):
    """How a refund stands at the provider. ABNORMAL: it could not be sent to the payer's account; somebody must act."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"
    ABNORMAL = "abnormal"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RefundTrade:
    """What the provider says of a refund.

    `at`: when it took it on, by its own clock; `refund_no`: its own number of the refund, where it gives one.
    """

    state: RefundState
    at: datetime | None = None
    refund_no: str = ""


@dataclass(frozen=True)
class RefundOrder:
    """Money to be sent back. The provider sends it once per `refund_number`, however often it is asked."""

    refund_number: RefundId
    number: PaymentNumber
    transaction_id: str
    amount_fen: int
    paid_fen: int
    reason: str


@dataclass(frozen=True)
class RawNotification:
    """What came in under the provider's name, as it came: header names in small letters, the body's bytes."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Notification:
    """What the provider is proven to have said: this payment of ours was paid.

    `id` is the same each time it says so; `nonce` is of this one message.
    """

    provider: ProviderName
    id: str
    nonce: str
    number: PaymentNumber
    transaction_id: str
    amount_fen: int
    currency: str


class LineKind(StrEnum):
    """What a line of a statement is."""

    PAYMENT = "payment"
    REFUND = "refund"


class LineStatus(StrEnum):
    """How the movement of a line stood when the statement was made. What FAILED moved no money."""

    DONE = "done"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True)
class StatementLine:
    """One movement of money: in by a payment, out by a refund; `amount_fen` is positive for both.

    `number` and `transaction_id` are ours and the provider's of the payment, also of the one that a refund belongs to;
    `refund_number` and `refund_no` ours and the provider's of the refund. `fee_fen` is what the provider keeps of a
    payment, or gives back of that with a refund: positive for both.
    """

    kind: LineKind
    number: str
    transaction_id: str
    refund_number: str
    amount_fen: int
    at: datetime
    currency: str = CURRENCY
    status: LineStatus = LineStatus.DONE
    fee_fen: int = 0
    refund_no: str = ""


class ForgedNotification(Exception):
    """Not proven to be from the provider, or not about our account. The reason is for the log."""


class ProviderRefused(Exception):
    """The provider will not do this. Carries its code."""


class ProviderUnavailable(Exception):
    """No answer, or none that can be trusted: whether the provider did it is unknown. Ask again."""


class StatementNotReady(Exception):
    """The provider has not made the day's statement yet."""


class MalformedStatement(Exception):
    """The statement is not what its provider describes, does not add up, or is of another account."""


class PaymentProvider(Protocol):
    """One provider, under one merchant account of ours.

    Every method but `notification` may raise ProviderUnavailable, and all but the questions ProviderRefused.
    """

    def create(self, payment: Payment, notify_url: str, payer: Payer) -> Target:
        """Opens the payment at the provider, until `expires_at`; the same again for one that is open."""

    def close(self, number: PaymentNumber) -> None:
        """Makes an unpaid payment unpayable. Raises ProviderRefused for a paid one."""

    def find(self, number: PaymentNumber) -> Trade:
        """How the payment stands there."""

    def refund(self, order: RefundOrder) -> RefundTrade:
        """Sends money back, once per refund number."""

    def find_refund(self, order: RefundOrder) -> RefundTrade:
        """How the refund stands there."""

    def notification(self, raw: RawNotification, now: datetime) -> Notification | None:
        """Proves a message; None for one that tells of no payment. Sends nothing anywhere.

        Raises ForgedNotification.
        """

    def statement(self, day: date) -> list[StatementLine]:
        """All movements of a civil day in China. Raises StatementNotReady."""

    def read_statement(self, content: bytes) -> list[StatementLine]:
        """The movements of a statement that somebody downloaded from there. Raises MalformedStatement alone."""
