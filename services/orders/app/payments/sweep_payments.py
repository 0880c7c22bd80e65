"""Looking after payments that nobody notified us of and refunds that take their time, by asking the provider."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from services.kit.observability import count, logger
from services.kit.store import Conflict
from services.orders.app.context import PaymentContext
from services.orders.app.metrics import UNSETTLED_PAYMENTS
from services.orders.app.payments.items import payments_of_hour
from services.orders.app.payments.record_payment import WrongAmount
from services.orders.app.payments.settle_payment import settle_payment
from services.orders.app.refunds.items import refunds_of_hour
from services.orders.app.refunds.send_refund import send_refund
from services.orders.domain.payment import Payment, PaymentState, ProviderRefused, ProviderUnavailable
from services.orders.domain.refund import Refund, RefundStatus

PATIENCE = timedelta(seconds=60)
"""How long a payment is left to its notification, and a refund to its event, before we ask."""
LOOKS_BACK = ((60, 720), (10, 72), (1, 2))
"""(minutes, hours): every so many minutes a run looks so many hours back, longer than an outage or a refund lasts."""

Task = Callable[[], PaymentState | RefundStatus]
"""Looks after one payment or refund; returns how it stands now."""
UNSETTLED = (PaymentState.OPEN, RefundStatus.DUE)


def sweep_payments(ctx: PaymentContext, enough: Callable[[], bool] = lambda: False) -> int:
    """Settles open payments and sends due refunds, the newest hour first, until done or `enough`; returns how many.

    One that cannot be settled is left for the next run.

    Raises:
        WrongAmount: some were paid otherwise than they were made for; the others are settled all the same.
    """
    settled, wrong = 0, []
    for task in _tasks(ctx):
        if enough():
            break
        try:
            settled += task() not in UNSETTLED
        except (ProviderUnavailable, ProviderRefused, Conflict) as error:
            logger().warning("not settled", reason=f"{type(error).__name__}: {error}")
            count(UNSETTLED_PAYMENTS)
        except WrongAmount as error:
            wrong.append(str(error))
    if wrong:
        raise WrongAmount("; ".join(wrong))
    return settled


def _tasks(ctx: PaymentContext) -> Iterator[Task]:
    now = ctx.clock.now()
    for hour in hours_to_look_at(now):
        payments = (found for pk in payments_of_hour(hour) for found in ctx.store.query(pk, "", Payment))
        for payment in payments:
            if payment.value.state is PaymentState.OPEN and payment.value.created_at <= now - PATIENCE:
                yield partial(settle_payment, ctx, payment.value.number)
        for refund in ctx.store.query(refunds_of_hour(hour), "", Refund):
            if refund.value.status is RefundStatus.DUE and refund.value.requested_at <= now - PATIENCE:
                yield partial(send_refund, ctx, refund.value.refund_id)


def hours_to_look_at(now: datetime) -> Iterator[str]:
    """The hours (UTC, such as 2026112413) whose partitions this run reads, the newest first."""
    back = next(hours for minutes, hours in LOOKS_BACK if now.minute % minutes == 0)
    for hour in range(back):
        yield f"{now - timedelta(hours=hour):%Y%m%d%H}"
