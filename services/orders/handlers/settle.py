"""The queue of what orders does with providers after its own events: settling what was paid, sending refunds."""

from functools import partial

from services.kit.consumer import EventHandler, consumer
from services.orders import bootstrap_payments
from services.orders.app.context import PaymentContext
from services.orders.app.payments.settle_payment import settle_notified
from services.orders.app.refunds.send_refund import send_due
from services.orders.events.published import PaymentNotified, RefundDue


def event_handlers(ctx: PaymentContext) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {PaymentNotified.TYPE: partial(settle_notified, ctx), RefundDue.TYPE: partial(send_due, ctx)}


handler = consumer(lambda: event_handlers(bootstrap_payments.payments()))
