"""What refunds tell other services, and our own functions."""

from services.kit.events import Envelope
from services.orders.app.context import Context
from services.orders.domain.refund import Refund, RefundLine
from services.orders.events.published import EntitlementRevocationRequested, HoursReversalRequested, RefundDue


def refund_due(ctx: Context, refund: Refund) -> Envelope:
    """Money that is to be sent back."""
    data = RefundDue.model_validate(refund, from_attributes=True)
    return ctx.events.make(data, subject=refund.refund_id, correlation_id=refund.correlation_id)


def revocation_requested(ctx: Context, refund: Refund, line: RefundLine) -> Envelope:
    """One line of a refund, whose entitlement or period is to be taken back."""
    data = EntitlementRevocationRequested(
        revocation_id=line.revocation_id,
        learner_id=refund.learner_id,
        course_id=line.course_id,
        entitlement_id=line.grant_id,
        requested_at=refund.requested_at,
        even_if_completed=refund.reverse_hours,
    )
    return ctx.events.make(data, subject=line.revocation_id, correlation_id=refund.correlation_id)


def reversal_requested(ctx: Context, refund: Refund, line: RefundLine, causation_id: str) -> Envelope:
    """One line of a refund that was completed on, whose hours are to be taken back."""
    data = HoursReversalRequested(
        revocation_id=line.revocation_id,
        learner_id=refund.learner_id,
        course_id=line.course_id,
        watch_ids=list(line.watch_ids),
        reason=refund.reason,
        actor=refund.requested_by,
        requested_at=ctx.clock.now(),
    )
    return ctx.events.make(
        data, subject=line.revocation_id, correlation_id=refund.correlation_id, causation_id=causation_id
    )
