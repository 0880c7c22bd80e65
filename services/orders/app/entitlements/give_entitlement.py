"""Giving a learner the right to watch a course."""

from services.kit.events import Envelope
from services.kit.store import Put
from services.orders.app.context import Context
from services.orders.app.entitlements.items import entitlement_key
from services.orders.domain.entitlement import Basis, Entitlement
from services.orders.domain.ids import CourseId, EntitlementId, LearnerId, OrderId
from services.orders.events.published import EntitlementGranted


def give_entitlement(
    ctx: Context,
    learner_id: LearnerId,
    course_id: CourseId,
    basis: Basis,
    correlation_id: str,
    order_id: OrderId | None = None,
) -> tuple[Entitlement, Put, Envelope]:
    """One that holds from now on and never ends: itself, its write, and the event of its first state."""
    entitlement = Entitlement(
        entitlement_id=EntitlementId(ctx.ids.new()),
        learner_id=learner_id,
        course_id=course_id,
        basis=basis,
        counts_against_member_quota=False,
        granted_at=ctx.clock.now(),
        valid_until=None,
        order_id=order_id,
    )
    event = ctx.events.make(
        EntitlementGranted.model_validate(entitlement, from_attributes=True),
        subject=entitlement.entitlement_id,
        sequence=1,
        correlation_id=correlation_id,
    )
    return entitlement, Put(entitlement_key(learner_id, course_id, entitlement.entitlement_id), entitlement), event
