"""What comes of a payment: what was ordered, or the money back. Exactly once for each payment, however often told."""

from dataclasses import dataclass
from datetime import datetime

from services.kit.store import Change, Put, Stored, commit_retrying
from services.orders.app.context import Context
from services.orders.app.entitlements.grant_order import plan_grant
from services.orders.app.items import new_number
from services.orders.app.ordering.items import read_order
from services.orders.app.payments.items import PaymentReceipt, receipt_key
from services.orders.app.refunds.announcements import refund_due
from services.orders.app.refunds.items import new_refund
from services.orders.domain.ids import OrderId, PaymentNumber, RefundId
from services.orders.domain.order import Order, TradeReference
from services.orders.domain.refund import Cause, Refund, RefundStatus

CURRENCY = "CNY"


@dataclass(frozen=True)
class ProvenPayment:
    """A payment as its provider says, asked for it, that it was made: the two numbers are ours and the provider's."""

    order_id: OrderId
    provider: str
    payment_number: PaymentNumber
    provider_trade_no: str
    amount_fen: int
    currency: str
    paid_at: datetime


class WrongAmount(Exception):
    """The payment is not of the order's amount. Nothing is done about it by itself: somebody must look."""


def record_payment(ctx: Context, payment: ProvenPayment) -> PaymentReceipt:
    """Grants what the order is for, in the transaction that keeps the receipt; what it cannot grant it sends back.

    A second payment of an order, one of a cancelled order, and one of an expired order whose courses the learner has or
    has ordered again since, go back by themselves.

    Raises:
        LookupError: no such order.
        WrongAmount: another amount or currency than the order's.
        Conflict: others kept writing; tell again.
    """
    return commit_retrying(ctx.store, lambda: _plan(ctx, payment))


def settle_free(ctx: Context, order_id: OrderId) -> None:
    """Grants an order that costs nothing, once. Raises LookupError, Conflict."""

    def plan() -> tuple[Change, None]:
        order = read_order(ctx, order_id)
        granted = None if order.value.amount_fen else plan_grant(ctx, order, ctx.clock.now(), None)
        return granted or Change(), None

    commit_retrying(ctx.store, plan)


def _plan(ctx: Context, payment: ProvenPayment) -> tuple[Change, PaymentReceipt]:
    key = receipt_key(payment.provider, payment.provider_trade_no)
    known = ctx.store.get(key, PaymentReceipt)
    if known is not None:
        return Change(), known.value
    order = read_order(ctx, payment.order_id)
    if (payment.amount_fen, payment.currency) != (order.value.amount_fen, CURRENCY):
        raise WrongAmount(f"{payment.payment_number}: {payment.amount_fen} {payment.currency}")
    paid_by = TradeReference(payment.provider, payment.payment_number, payment.provider_trade_no)
    granted, refund_id = plan_grant(ctx, order, payment.paid_at, paid_by), None
    if granted is None:
        granted, refund_id = _send_back(ctx, order, paid_by)
    receipt = PaymentReceipt(
        order_id=payment.order_id,
        payment_number=payment.payment_number,
        amount_fen=payment.amount_fen,
        paid_at=payment.paid_at,
        received_at=ctx.clock.now(),
        refund_id=refund_id,
    )
    return Change([Put(key, receipt), *granted.writes], granted.events), receipt


def _send_back(ctx: Context, order: Stored[Order], paid_by: TradeReference) -> tuple[Change, RefundId]:
    """The whole payment. The order is left as it is: nothing of what it says was given for this payment."""
    refund = Refund(
        refund_id=RefundId(new_number(ctx)),
        order_id=order.value.order_id,
        learner_id=order.value.learner_id,
        cause=Cause.PAID_TWICE if order.value.paid_by else Cause.PAID_TOO_LATE,
        paid_by=paid_by,
        paid_fen=order.value.amount_fen,
        amount_fen=order.value.amount_fen,
        requested_at=ctx.clock.now(),
        correlation_id=order.value.correlation_id,
        status=RefundStatus.DUE,
    )
    return Change(new_refund(refund), [refund_due(ctx, refund)]), refund.refund_id
