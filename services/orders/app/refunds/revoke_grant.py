"""What a refund's line takes back of what was given for it, once that is decided."""

from dataclasses import replace

from services.kit.store import Change
from services.orders.app.context import Context
from services.orders.app.entitlements.items import entitlement_key
from services.orders.app.memberships.grant_membership import membership_changed
from services.orders.app.memberships.items import stored_membership
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.ids import CourseId, EntitlementId, PeriodId
from services.orders.domain.refund import Decision, Refund, RefundLine


def settled_entitlement(ctx: Context, refund: Refund, line: RefundLine) -> Change:
    """A course's entitlement without effect, unless the line is kept. Raises LookupError: there is none."""
    key = entitlement_key(refund.learner_id, CourseId(line.item_id), EntitlementId(line.grant_id))
    entitlement = ctx.store.get(key, Entitlement)
    if entitlement is None:
        raise LookupError(line.grant_id)
    if line.decision is Decision.KEPT or entitlement.value.revoked_at is not None:
        return Change()
    return Change([entitlement.put(replace(entitlement.value, revoked_at=ctx.clock.now()))])


def settled_period(ctx: Context, refund: Refund, line: RefundLine) -> Change:
    """A period of membership taken back, or again the learner's; told where it changed. Raises LookupError."""
    stored, period_id = stored_membership(ctx, refund.learner_id), PeriodId(line.grant_id)
    if stored.value.period(period_id).revoked:
        return Change()
    kept = line.decision is Decision.KEPT
    after = stored.value.kept(period_id) if kept else stored.value.revoked(period_id, ctx.clock.now())
    known = {period.id: period.sequence for period in stored.value.periods}
    events = [
        membership_changed(ctx, refund.learner_id, period, refund.correlation_id)
        for period in after.periods
        if period.sequence > known[period.id]
    ]
    return Change([stored.put(after)], events)
