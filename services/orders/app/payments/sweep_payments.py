"""Looking after payments that nobody notified us of and refunds that take their time, by asking the provider."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from services.kit.observability import count, logger
from services.kit.store import Conflict
from services.orders.app.payments.items import payments_of_hour
from services.orders.app.payments.record_payment import WrongAmount
from services.orders.app.payments.settle_payment import settle_payment
from services.orders.app.payments.till import Till
from services.orders.app.refunds.items import refunds_of_hour
from services.orders.app.refunds.send_refund import send_refund
from services.orders.domain.payment import Payment, PaymentState, ProviderRefused, ProviderUnavailable
from services.orders.domain.refund import Refund, RefundStatus

PATIENCE = timedelta(seconds=60)
"""How long a payment is left to its notification, and a refund to its event, before we ask."""
LOOKS_BACK = ((60, 720), (10, 72), (1, 2))
"""(minutes, hours): every so many minutes a run looks so many hours back, longer than an outage or a refund lasts."""

Task = Callable[[], bool]
"""Looks after one payment or refund; answers whether it is settled now."""


def sweep_payments(till: Till, enough: Callable[[], bool] = lambda: False) -> int:
    """Settles open payments and sends due refunds, the newest hour first, until done or `enough`; answers how many.

    One that cannot be settled is left for the next run.

    Raises:
        WrongAmount: some were paid otherwise than they were made for; the others are settled all the same.
    """
    settled, wrong = 0, []
    for task in _tasks(till):
        if enough():
            break
        try:
            settled += task()
        except (ProviderUnavailable, ProviderRefused, Conflict) as error:
            logger().warning("not settled", reason=f"{type(error).__name__}: {error}")
            count("UnsettledPayments")
        except WrongAmount as error:
            wrong.append(str(error))
    if wrong:
        raise WrongAmount("; ".join(wrong))
    return settled


def _tasks(till: Till) -> Iterator[Task]:
    now = till.context.clock.now()
    for hour in hours_to_look_at(now):
        for payment in till.context.store.query(payments_of_hour(hour), "", Payment):
            if payment.value.state is PaymentState.OPEN and payment.value.created_at <= now - PATIENCE:
                yield _settling(till, payment.value.number)
        for refund in till.context.store.query(refunds_of_hour(hour), "", Refund):
            if refund.value.status is RefundStatus.DUE and refund.value.requested_at <= now - PATIENCE:
                yield _sending(till, refund.value.refund_id)


def _settling(till: Till, number: str) -> Task:
    return lambda: settle_payment(till, number) is not PaymentState.OPEN


def _sending(till: Till, refund_id: str) -> Task:
    return lambda: send_refund(till, refund_id) is not RefundStatus.DUE


def hours_to_look_at(now: datetime) -> Iterator[str]:
    """The hours (UTC, such as 2026112413) whose partitions this run reads, the newest first."""
    back = next(hours for minutes, hours in LOOKS_BACK if now.minute % minutes == 0)
    for hour in range(back):
        yield f"{now - timedelta(hours=hour):%Y%m%d%H}"
