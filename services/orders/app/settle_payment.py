"""Settling a payment by what the provider says of it when asked. A notification only makes us ask."""

from dataclasses import replace

from services.kit.events import Envelope
from services.kit.observability import count
from services.kit.store import Change, Put, commit_retrying
from services.orders.app.payments import Till, read_payment
from services.orders.domain.payment import (
    CURRENCY,
    Payment,
    PaymentMismatch,
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


def settle_notified(till: Till, event: Envelope) -> None:
    """Settles the payment that a notification was about.

    Raises:
        NotPaidYet, PaymentMismatch, ProviderRefused, ProviderUnavailable: the queue delivers the event again.
        ValueError: the event is not a notification's.
    """
    number = PaymentNotified.model_validate(event.data).payment_number
    if settle_payment(till, number) is not PaymentState.PAID:
        raise NotPaidYet(number)


def settle_payment(till: Till, number: str) -> PaymentState:
    """Asks the provider, and takes note of what was paid or can be paid no more; answers how it stands.

    What is bought is granted before the payment is marked: whoever dies in between does both again, and granting
    happens once.

    Raises:
        LookupError: no such payment.
        PaymentMismatch, ProviderRefused, ProviderUnavailable: nothing was changed.
        Conflict: others kept writing.
    """
    stored = read_payment(till.context, number)
    if stored is None:
        raise LookupError(number)
    payment = stored.value
    if payment.state is PaymentState.PAID:
        return payment.state
    provider = till.provider(payment.method.provider)
    if provider is None:
        raise ProviderUnavailable(payment.method.provider)
    trade = provider.find(number)
    if trade.state is TradeState.PAID:
        _check(payment, trade)
        till.orders.paid(payment, trade)
        count("Payments", method=payment.method)
        return _mark(till, number, PaymentState.PAID, trade)
    if _is_over(till, provider, payment, trade):
        return _mark(till, number, PaymentState.CLOSED, trade)
    return payment.state


def _check(payment: Payment, trade: Trade) -> None:
    if (trade.amount_fen, trade.currency) != (payment.amount_fen, CURRENCY):
        raise PaymentMismatch(f"{payment.number}: {trade.amount_fen} {trade.currency}")


def _is_over(till: Till, provider: PaymentProvider, payment: Payment, trade: Trade) -> bool:
    """Whether it can be paid no more; one that should not be paid any more is closed for that."""
    if trade.state is TradeState.CLOSED:
        return True
    now = till.context.clock.now()
    order = till.orders.payable(payment.order_id)
    if now < payment.expires_at and order is not None and order.open_at(now):
        return False
    try:
        provider.close(payment.number)
    except ProviderRefused:
        # Paid at this very moment: the next look sees it.
        return False
    return True


def _mark(till: Till, number: str, state: PaymentState, trade: Trade) -> PaymentState:
    def plan() -> tuple[Change, PaymentState]:
        stored = read_payment(till.context, number)
        if stored is None:
            raise LookupError(number)
        if stored.value.state in (PaymentState.PAID, state):
            return Change(), stored.value.state
        marked = replace(stored.value, state=state)
        if state is PaymentState.PAID:
            marked = replace(marked, transaction_id=trade.transaction_id, paid_at=trade.paid_at)
        return Change([Put(stored.key, marked, stored.version)]), state

    return commit_retrying(till.context.store, plan)
