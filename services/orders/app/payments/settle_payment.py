"""Settling a payment by what the provider says of it when asked. A notification only makes us ask."""

from dataclasses import replace
from datetime import timedelta

from services.kit.events import Envelope
from services.kit.observability import count, measure
from services.kit.store import Change, commit_retrying, required
from services.orders.app.context import PaymentContext
from services.orders.app.finance.items import enter
from services.orders.app.metrics import PAYMENT_LAG, PAYMENTS, REVENUE
from services.orders.app.ordering.items import read_order
from services.orders.app.payments.items import PaymentReceipt, read_payment
from services.orders.app.payments.record_payment import ProvenPayment, record_payment
from services.orders.domain.ids import PaymentNumber
from services.orders.domain.movement import Movement, Share, shares_of_order
from services.orders.domain.order import OrderState
from services.orders.domain.payment import (
    LineKind,
    Payment,
    PaymentProvider,
    PaymentState,
    ProviderRefused,
    ProviderUnavailable,
    Trade,
    TradeState,
)
from services.orders.events.published import PaymentNotified


class NotPaidYet(Exception):
    """The provider notified us of a payment and, asked, does not know of it yet: the queue asks again."""


def settle_notified(ctx: PaymentContext, event: Envelope) -> None:
    """Settles the payment that a notification was about.

    Raises:
        NotPaidYet, WrongAmount, ProviderRefused, ProviderUnavailable: the queue delivers the event again.
        ValueError: the event is not a notification's.
    """
    number = PaymentNumber(PaymentNotified.model_validate(event.data).payment_number)
    if settle_payment(ctx, number) is not PaymentState.PAID:
        raise NotPaidYet(number)


def settle_payment(ctx: PaymentContext, number: PaymentNumber) -> PaymentState:
    """Asks the provider, and takes note of what was paid or can be paid no more; returns how it stands.

    What is bought is granted before the payment is marked: whoever dies in between does both again, and granting
    happens once.

    Raises:
        LookupError: no such payment.
        WrongAmount, ProviderRefused, ProviderUnavailable: nothing was changed.
        Conflict: others kept writing.
    """
    payment = read_payment(ctx, number).value
    if payment.state is PaymentState.PAID:
        return payment.state
    provider = required(ctx.provider(payment.method.provider), ProviderUnavailable(payment.method.provider))
    trade = provider.find(number)
    if trade.state is TradeState.PAID:
        receipt = record_payment(ctx, _proven(payment, trade))
        marked = _mark(ctx, number, PaymentState.PAID, trade, _paid_for(ctx, receipt))
        _count(payment, receipt)
        return marked
    if _is_over(ctx, provider, payment, trade):
        return _mark(ctx, number, PaymentState.CLOSED, trade)
    return payment.state


def _count(payment: Payment, receipt: PaymentReceipt) -> None:
    count(PAYMENTS, method=payment.method)
    measure(REVENUE, receipt.amount_fen)
    if receipt.refund_id is None:
        # A provider's clock may be ahead of ours.
        lag = receipt.received_at - receipt.paid_at
        measure(PAYMENT_LAG, max(0, lag // timedelta(milliseconds=1)))


def _proven(payment: Payment, trade: Trade) -> ProvenPayment:
    if trade.paid_at is None:
        raise ProviderUnavailable("a paid trade without its time")
    return ProvenPayment(
        order_id=payment.order_id,
        provider=payment.method.provider,
        payment_number=payment.number,
        provider_trade_no=trade.transaction_id,
        amount_fen=trade.amount_fen,
        currency=trade.currency,
        paid_at=trade.paid_at,
    )


def _is_over(ctx: PaymentContext, provider: PaymentProvider, payment: Payment, trade: Trade) -> bool:
    """Whether it can be paid no more; one that should not be paid any more is closed for that."""
    if trade.state is TradeState.CLOSED:
        return True
    if read_order(ctx, payment.order_id).value.state_at(ctx.clock.now()) is OrderState.OPEN:
        return False
    try:
        provider.close(payment.number)
    except ProviderRefused:
        # Paid at this very moment: the next look sees it.
        return False
    return True


def _paid_for(ctx: PaymentContext, receipt: PaymentReceipt) -> tuple[Share, ...]:
    """What a payment was for: nothing, if it is sent back."""
    return () if receipt.refund_id else shares_of_order(read_order(ctx, receipt.order_id).value)


def _mark(
    ctx: PaymentContext, number: PaymentNumber, state: PaymentState, trade: Trade, shares: tuple[Share, ...] = ()
) -> PaymentState:
    def plan() -> tuple[Change, PaymentState]:
        stored = read_payment(ctx, number)
        if stored.value.state in (PaymentState.PAID, state):
            return Change(), stored.value.state
        marked = replace(stored.value, state=state)
        if trade.paid_at is None:
            return Change([stored.put(marked)]), state
        paid = replace(marked, transaction_id=trade.transaction_id, paid_at=trade.paid_at)
        moved = Movement(
            kind=LineKind.PAYMENT,
            reference=paid.number,
            amount_fen=paid.amount_fen,
            at=trade.paid_at,
            order_id=paid.order_id,
            trade_no=trade.transaction_id,
            how=paid.method,
            shares=shares,
        )
        return Change([stored.put(paid), enter(paid.method.provider, moved)]), state

    return commit_retrying(ctx.store, plan)
