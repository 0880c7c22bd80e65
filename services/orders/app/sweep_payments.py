"""Looking after payments that nobody notified us of, by asking the provider about each that is still open."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from services.kit.observability import count, logger
from services.kit.store import Conflict
from services.orders.app.keys import payments_of_hour
from services.orders.app.payments import Till
from services.orders.app.settle_payment import settle_payment
from services.orders.domain.payment import (
    Payment,
    PaymentMismatch,
    PaymentState,
    ProviderRefused,
    ProviderUnavailable,
)

PATIENCE = timedelta(seconds=60)
"""How long a payment is left to its notification before we ask."""
RECENT_HOURS, ALL_HOURS = 2, 72
"""How far back each run looks, and the first run of every ten minutes: longer than an outage may last."""
_EVERY_MINUTES = 10


def sweep_payments(till: Till, enough: Callable[[], bool] = lambda: False) -> int:
    """Settles open payments, newest first, until done or `enough`; answers how many were settled.

    One that cannot be settled is left for the next run.

    Raises:
        PaymentMismatch: some were paid otherwise than they were made for; the others are settled all the same.
    """
    settled, mismatched = 0, []
    for number in _open_payments(till):
        if enough():
            break
        try:
            settled += settle_payment(till, number) is not PaymentState.OPEN
        except (ProviderUnavailable, ProviderRefused, Conflict) as error:
            logger().warning("payment not settled", number=number, reason=type(error).__name__)
            count("UnsettledPayments")
        except PaymentMismatch as mismatch:
            mismatched.append(str(mismatch))
    if mismatched:
        raise PaymentMismatch("; ".join(mismatched))
    return settled


def _open_payments(till: Till) -> Iterator[str]:
    now = till.context.clock.now()
    for hour in _hours(now):
        for stored in till.context.store.query(payments_of_hour(hour), "", Payment):
            payment = stored.value
            if payment.state is PaymentState.OPEN and payment.created_at <= now - PATIENCE:
                yield payment.number


def _hours(now: datetime) -> Iterator[str]:
    count_ = ALL_HOURS if now.minute % _EVERY_MINUTES == 0 else RECENT_HOURS
    for back in range(count_):
        yield f"{now - timedelta(hours=back):%Y%m%d%H}"
