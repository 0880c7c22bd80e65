"""How orders are told."""

from datetime import datetime

from pydantic import Field

from services.kit.bodies import Answer
from services.orders.domain.order import Goods, LineState, Order, OrderState, PriceReason


class PricedLineAnswer(Answer):
    """A course or a period of membership at its price. Amounts in fen."""

    number: int
    goods: Goods
    item_id: str = Field(description="the course's or the plan's id")
    title: str
    title_en: str | None = Field(description="null: it has none, or the order is from before it was kept")
    list_fen: int
    price_fen: int = Field(description="what the learner pays before the coupon")
    price_reason: PriceReason = Field(description="why: it is the list or the members' price")
    discount_fen: int = Field(description="the coupon's share")
    due_fen: int = Field(description="the price less the coupon's share")


class OrderLineAnswer(PricedLineAnswer):
    """A line of an order, at the price of the moment it was placed."""

    state: LineState


class QuoteAnswer(Answer):
    """What an order would cost now. Send `amount_fen` with the order as what you expect."""

    lines: list[PricedLineAnswer]
    coupon_code: str | None
    discount_fen: int
    amount_fen: int


class OrderAnswer(Answer):
    """An own order."""

    order_id: str
    state: OrderState = Field(description="an open one waits for its payment until expires_at")
    lines: list[OrderLineAnswer]
    coupon_code: str | None
    discount_fen: int
    amount_fen: int = Field(description="what is, or was, to be paid")
    refunded_fen: int = Field(description="what was or is being sent back")
    placed_at: datetime
    expires_at: datetime = Field(description="the first instant it cannot be paid any more")
    closed_at: datetime | None = Field(description="of a cancelled order, or an expired one that was noticed")
    paid_at: datetime | None


class OrdersAnswer(Answer):
    """A page of own orders, newest first."""

    orders: list[OrderAnswer]
    after: str | None = Field(description="ask for what comes after this order next; null: there is no more")


def order_answer(order: Order, now: datetime) -> OrderAnswer:
    """An order as it stands now."""
    discount = sum(line.discount_fen for line in order.lines)
    return OrderAnswer.of(order, state=order.state_at(now), discount_fen=discount, placed_at=order.created_at)
