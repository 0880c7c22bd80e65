"""Taking a provider's notification: proven, compared with the payment it is about, kept; only then acknowledged."""

from datetime import timedelta

from services.kit.inbox import MARKER_RETENTION
from services.kit.observability import count, logger
from services.kit.store import Change, Put, Write, commit_retrying
from services.orders.app.context import Context
from services.orders.app.payments.items import Notice, UsedNonce, nonce_key, notice_key, payment_key
from services.orders.app.payments.problems import NOTIFICATION_REFUSED
from services.orders.domain.payment import (
    CURRENCY,
    ForgedNotification,
    Notification,
    Payment,
    PaymentProvider,
    RawNotification,
)
from services.orders.events.published import PaymentNotified

NONCE_RETENTION = timedelta(days=2)
"""Far longer than a message is young enough to be taken."""


def receive_notification(
    context: Context, provider: PaymentProvider, raw: RawNotification, correlation_id: str
) -> None:
    """Keeps a proven notification with its event, once however often it is told; what is bought is granted later.

    Raises:
        Problem: NOTIFICATION_REFUSED: forged, replayed, or not as the payment was made. Nothing is kept of it.
        Conflict: others kept writing; the provider sends it again.
    """
    try:
        told = provider.notification(raw, context.clock.now())
        if told is not None:
            _keep(context, told, correlation_id)
    except ForgedNotification as forged:
        logger().warning("notification refused", reason=str(forged))
        count("RefusedNotifications")
        raise NOTIFICATION_REFUSED.problem() from forged


def _keep(context: Context, told: Notification, correlation_id: str) -> None:
    commit_retrying(context.store, lambda: (_plan(context, told, correlation_id), None))


def _plan(context: Context, told: Notification, correlation_id: str) -> Change:
    now = context.clock.now()
    payment = context.store.get(payment_key(told.number), Payment)
    if payment is None or not _is_about(told, payment.value):
        raise ForgedNotification("no such payment, or another amount, currency or provider")
    writes: list[Write] = []
    if told.nonce:
        nonce = nonce_key(told.provider, told.nonce)
        if context.store.get(nonce, UsedNonce) is not None:
            raise ForgedNotification("replayed")
        writes.append(Put(nonce, UsedNonce(now), expires_at=int((now + NONCE_RETENTION).timestamp())))
    notice = notice_key(told.provider, told.id)
    if context.store.get(notice, Notice) is not None:
        return Change(writes)
    kept = Notice(told.number, told.transaction_id, now)
    writes.append(Put(notice, kept, expires_at=int((now + MARKER_RETENTION).timestamp())))
    data = PaymentNotified(payment_number=told.number, notified_at=now)
    event = context.events.make(PaymentNotified.TYPE, data, subject=told.number, correlation_id=correlation_id)
    return Change(writes, [event])


def _is_about(told: Notification, payment: Payment) -> bool:
    return (told.provider, told.amount_fen, told.currency) == (payment.method.provider, payment.amount_fen, CURRENCY)
