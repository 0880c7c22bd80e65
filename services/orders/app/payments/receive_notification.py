"""Taking a provider's notification: proven, compared with the payment it is about, kept; only then acknowledged."""

from datetime import timedelta

from services.kit.inbox import MARKER_RETENTION
from services.kit.observability import count, logger
from services.kit.store import Change, Put, Write, commit_retrying
from services.orders.app.context import Context
from services.orders.app.metrics import REFUSED_NOTIFICATIONS
from services.orders.app.payments.items import NotificationRecord, UsedNonce, nonce_key, notification_key, payment_key
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


def receive_notification(ctx: Context, provider: PaymentProvider, raw: RawNotification, correlation_id: str) -> None:
    """Keeps a proven notification with its event, once however often it is told; what is bought is granted later.

    Raises:
        Problem: NOTIFICATION_REFUSED: forged, replayed, or not as the payment was made. Nothing is kept of it.
        Conflict: others kept writing; the provider sends it again.
    """
    try:
        told = provider.notification(raw, ctx.clock.now())
        if told is not None:
            commit_retrying(ctx.store, lambda: (_plan(ctx, told, correlation_id), None))
    except ForgedNotification as forged:
        logger().warning("notification refused", reason=str(forged))
        count(REFUSED_NOTIFICATIONS)
        raise NOTIFICATION_REFUSED.problem() from forged


def _plan(ctx: Context, told: Notification, correlation_id: str) -> Change:
    now = ctx.clock.now()
    payment = ctx.store.get(payment_key(told.number), Payment)
    if payment is None or not _is_about(told, payment.value):
        raise ForgedNotification("no such payment, or another amount, currency or provider")
    writes: list[Write] = []
    if told.nonce:
        nonce = nonce_key(told.provider, told.nonce)
        if ctx.store.get(nonce, UsedNonce) is not None:
            raise ForgedNotification("replayed")
        writes.append(Put(nonce, UsedNonce(now), expires_at=int((now + NONCE_RETENTION).timestamp())))
    notice = notification_key(told.provider, told.id)
    if ctx.store.get(notice, NotificationRecord) is not None:
        return Change(writes)
    kept = NotificationRecord(told.number, told.transaction_id, now)
    writes.append(Put(notice, kept, expires_at=int((now + MARKER_RETENTION).timestamp())))
    data = PaymentNotified(payment_number=told.number, notified_at=now)
    event = ctx.events.make(data, subject=told.number, correlation_id=correlation_id)
    return Change(writes, [event])


def _is_about(told: Notification, payment: Payment) -> bool:
    return (told.provider, told.amount_fen, told.currency) == (payment.method.provider, payment.amount_fen, CURRENCY)
