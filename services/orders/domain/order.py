"""An order: lines at the prices of the moment it was placed, and states that only move forward."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.kit.kinds import ID_ONLY, stored
from services.orders.domain.ids import CouponCode, LearnerId, OrderId, PaymentNumber

PAYMENT_TIME = timedelta(minutes=30)
"""How long an order waits for its payment."""

MAX_LINES = 20
"""Of an order and of a cart. Placing and paying one must each fit into one transaction of 100 items."""


class OrderState(StrEnum):
    """How an order stands. README.md has the diagram."""

    OPEN = "open"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"


_NEXT = {
    OrderState.OPEN: {OrderState.CANCELLED, OrderState.EXPIRED, OrderState.PAID},
    # A payment that comes late revives what nothing else has taken the place of.
    OrderState.EXPIRED: {OrderState.PAID},
    OrderState.PAID: {OrderState.PARTLY_REFUNDED, OrderState.REFUNDED},
    OrderState.PARTLY_REFUNDED: {OrderState.PARTLY_REFUNDED, OrderState.REFUNDED},
}
"""Of what is not here, nothing follows."""


class Goods(StrEnum):
    """What a line is about."""

    COURSE = "course"
    MEMBERSHIP = "membership"


class PriceReason(StrEnum):
    """Why a learner pays this price."""

    LIST = "list"
    MEMBER = "member"


class LineState(StrEnum):
    """How a line stands: REVOKING is being refunded, and goes back to GRANTED where that is refused."""

    ORDERED = "ordered"
    GRANTED = "granted"
    REVOKING = "revoking"
    REFUNDED = "refunded"


_NEXT_OF_LINE = {
    LineState.ORDERED: {LineState.GRANTED},
    LineState.GRANTED: {LineState.REVOKING},
    LineState.REVOKING: {LineState.GRANTED, LineState.REFUNDED},
}
"""Of what is not here, nothing follows."""


class IllegalTransition(Exception):
    """The order or one of its lines is past this."""


@dataclass(frozen=True)
class Line:
    """One course or period of membership, as it was offered when the order was placed.

    `item_id` is the course's or the plan's; `item_version` is the publication, or the day the plan's version is from.
    `grant_id` is the entitlement or period of membership that was given for it.
    """

    number: int
    goods: Goods
    item_id: str
    item_version: str
    title: str
    list_fen: int
    price_fen: int
    price_reason: PriceReason
    title_en: str | None = None
    discount_fen: int = 0
    state: LineState = LineState.ORDERED
    grant_id: str | None = None

    @property
    def due_fen(self) -> int:
        """What the learner pays for it, the coupon's share taken off."""
        return self.price_fen - self.discount_fen

    def moved(self, state: LineState) -> "Line":
        """In its next state. Raises IllegalTransition."""
        if state not in _NEXT_OF_LINE.get(self.state, ()):
            raise IllegalTransition(f"line {self.number}: {self.state} to {state}")
        return replace(self, state=state)


@dataclass(frozen=True)
class TradeReference:
    """The payment that paid an order: our number of it, and the provider's. An order of nothing has none."""

    provider: str
    payment_number: PaymentNumber
    trade_no: str


@stored(shape=1, personal=ID_ONLY)
class Order:
    """What a learner wants to have, and what became of it. The amounts never change. Money in fen.

    `correlation_id` is of the request that placed it; what follows from it carries it on.
    """

    order_id: OrderId
    learner_id: LearnerId
    lines: tuple[Line, ...]
    created_at: datetime
    expires_at: datetime
    correlation_id: str
    coupon_code: CouponCode | None = None
    state: OrderState = OrderState.OPEN
    closed_at: datetime | None = None
    paid_at: datetime | None = None
    paid_by: TradeReference | None = None

    @property
    def amount_fen(self) -> int:
        """What is to be paid."""
        return sum(line.due_fen for line in self.lines)

    @property
    def list_fen(self) -> int:
        """What it would be without prices for members and without a coupon."""
        return sum(line.list_fen for line in self.lines)

    @property
    def refunded_fen(self) -> int:
        """What was or is being sent back, because what it was paid for was taken back."""
        return sum(line.due_fen for line in self.lines if line.state is LineState.REFUNDED)

    def state_at(self, instant: datetime) -> OrderState:
        """The state; an open order whose time is over has expired, whether or not somebody wrote it down."""
        over = self.state is OrderState.OPEN and instant >= self.expires_at
        return OrderState.EXPIRED if over else self.state

    def line(self, number: int) -> Line:
        """One line. Raises LookupError."""
        for line in self.lines:
            if line.number == number:
                return line
        raise LookupError(f"{self.order_id}: line {number}")

    def closed(self, state: OrderState, now: datetime) -> "Order":
        """Cancelled or expired. Raises IllegalTransition."""
        if state is OrderState.EXPIRED and now < self.expires_at:
            raise IllegalTransition(f"{self.order_id} has time until {self.expires_at}")
        return replace(self._moved(state), closed_at=now)

    def granted(self, grants: dict[int, str], paid_at: datetime, paid_by: TradeReference | None) -> "Order":
        """Paid, with what was given for each line, by its number. Raises IllegalTransition."""
        moved = [replace(line.moved(LineState.GRANTED), grant_id=grants[line.number]) for line in self.lines]
        return replace(self._moved(OrderState.PAID), lines=tuple(moved), paid_at=paid_at, paid_by=paid_by)

    def revoking(self, numbers: Collection[int]) -> "Order":
        """With these lines being refunded. Raises IllegalTransition, LookupError."""
        return self._with([self.line(number).moved(LineState.REVOKING) for number in numbers])

    def kept(self, number: int) -> "Order":
        """With a line that is not refunded after all. Raises IllegalTransition, LookupError."""
        return self._with([self.line(number).moved(LineState.GRANTED)])

    def refunded(self, number: int) -> "Order":
        """With a line refunded. Raises IllegalTransition, LookupError."""
        moved = self._with([self.line(number).moved(LineState.REFUNDED)])
        whole = all(line.state is LineState.REFUNDED for line in moved.lines)
        return moved._moved(OrderState.REFUNDED if whole else OrderState.PARTLY_REFUNDED)  # noqa: SLF001 (an Order)

    def _with(self, changed: Collection[Line]) -> "Order":
        new = {line.number: line for line in changed}
        return replace(self, lines=tuple(new.get(line.number, line) for line in self.lines))

    def _moved(self, state: OrderState) -> "Order":
        if state not in _NEXT.get(self.state, ()):
            raise IllegalTransition(f"{self.order_id}: {self.state} to {state}")
        return replace(self, state=state)
