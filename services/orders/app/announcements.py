"""What orders tells, made of its own state."""

from services.kit.events import Envelope
from services.orders.app.context import Context
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.order import Order
from services.orders.domain.refund import Refund, RefundLine
from services.orders.events.published import (
    EntitlementGranted,
    EntitlementRevocationRequested,
    HoursReversalRequested,
    OrderPaid,
    PaidLine,
    RefundDue,
)


def entitlement_granted(context: Context, entitlement: Entitlement, correlation_id: str) -> Envelope:
    """An entitlement's first state."""
    data = EntitlementGranted.model_validate(entitlement, from_attributes=True)
    return context.events.make(
        EntitlementGranted.TYPE,
        data,
        subject=entitlement.entitlement_id,
        sequence=1,
        correlation_id=correlation_id,
    )


def order_paid(context: Context, order: Order) -> Envelope:
    """A paid order, with what it brought."""
    data = OrderPaid(
        order_id=order.order_id,
        learner_id=order.learner_id,
        amount_fen=order.amount_fen,
        coupon_code=order.coupon_code,
        placed_at=order.created_at,
        paid_at=order.paid_at,
        provider=order.paid_by.provider if order.paid_by else None,
        payment_number=order.paid_by.payment_number if order.paid_by else None,
        trade_no=order.paid_by.trade_no if order.paid_by else None,
        lines=[PaidLine.model_validate(line, from_attributes=True) for line in order.lines],
    )
    return context.events.make(OrderPaid.TYPE, data, subject=order.order_id, correlation_id=order.correlation_id)


def refund_due(context: Context, refund: Refund) -> Envelope:
    """Money that is to be sent back."""
    data = RefundDue.model_validate(refund, from_attributes=True)
    return context.events.make(RefundDue.TYPE, data, subject=refund.refund_id, correlation_id=refund.correlation_id)


def revocation_requested(context: Context, refund: Refund, line: RefundLine) -> Envelope:
    """One line of a refund, whose entitlement or period is to be taken back."""
    data = EntitlementRevocationRequested(
        revocation_id=line.revocation_id,
        learner_id=refund.learner_id,
        course_id=line.course_id,
        entitlement_id=line.grant_id,
        requested_at=refund.requested_at,
        even_if_completed=refund.reverse_hours,
    )
    return context.events.make(
        EntitlementRevocationRequested.TYPE,
        data,
        subject=line.revocation_id,
        correlation_id=refund.correlation_id,
    )


def reversal_requested(context: Context, refund: Refund, line: RefundLine, causation_id: str) -> Envelope:
    """One line of a refund that was completed on, whose hours are to be taken back."""
    data = HoursReversalRequested(
        revocation_id=line.revocation_id,
        learner_id=refund.learner_id,
        course_id=line.course_id,
        watch_ids=list(line.watch_ids),
        reason=refund.reason,
        actor=refund.requested_by,
        requested_at=context.clock.now(),
    )
    return context.events.make(
        HoursReversalRequested.TYPE,
        data,
        subject=line.revocation_id,
        correlation_id=refund.correlation_id,
        causation_id=causation_id,
    )
