"""The cash book: every movement of money that a provider made for us, under its civil day, and what it was for.

Exports, the revenue summary and reconciliation all read it, so their totals are the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.kit.kinds import NOTHING, stored
from services.orders.domain.ids import OrderId, PaymentNumber
from services.orders.domain.order import Goods, Order
from services.orders.domain.payment import LineKind
from services.orders.domain.refund import Decision, Refund


@dataclass(frozen=True)
class Share:
    """The part of a movement that was for one line of its order: a course or plan.

    `line` is the line's number; 0 in entries from before it was kept.
    """

    goods: Goods
    item_id: str
    amount_fen: int
    line: int = 0


@stored(shape=1, personal=NOTHING)
class Movement:
    """Money that moved by our records. `amount_fen` is positive for refunds too.

    `reference` is the payment's number or the refund's id, `trade_no` the provider's number of the payment, `how` the
    payment's method or the refund's cause. What came for nothing, such as a second payment of an order, and goes back
    whole, has no shares.

    `payment_number` is of the payment that a refund belongs to, `refund_no` the provider's number of the refund, where
    it gives one; both are empty for a payment, and in entries from before they were kept. `fee_fen` is what the
    provider keeps of a payment, or gives back of that with a refund: positive for both, and unknown (None) until a
    statement has told it.
    """

    kind: LineKind
    reference: str
    amount_fen: int
    at: datetime
    order_id: OrderId
    trade_no: str
    how: str
    shares: tuple[Share, ...] = ()
    payment_number: PaymentNumber = PaymentNumber("")
    refund_no: str = ""
    fee_fen: int | None = None

    @property
    def net_fen(self) -> int:
        """What it came to once the fee was taken off; the whole amount while no fee is known."""
        return self.amount_fen - (self.fee_fen or 0)

    @property
    def shared_fen(self) -> int:
        """What of it was for courses and plans."""
        return sum(share.amount_fen for share in self.shares)


def shares_of_order(order: Order) -> tuple[Share, ...]:
    """What the payment of an order was for."""
    return _of_value(Share(line.goods, line.item_id, line.due_fen, line.number) for line in order.lines)


def shares_of_refund(refund: Refund) -> tuple[Share, ...]:
    """What was taken back for the money that a refund returns."""
    revoked = [line for line in refund.lines if line.decision is Decision.REVOKED]
    return _of_value(Share(line.goods, line.item_id, line.amount_fen, line.number) for line in revoked)


def _of_value(shares: Iterable[Share]) -> tuple[Share, ...]:
    return tuple(share for share in shares if share.amount_fen)
