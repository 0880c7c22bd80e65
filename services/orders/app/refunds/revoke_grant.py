"""What a refund's line takes back of what was given for it, once that is decided."""

from dataclasses import replace

from services.kit.store import Change, Put
from services.orders.app.context import Context
from services.orders.app.entitlements.items import entitlement_key
from services.orders.app.memberships.items import membership_key
from services.orders.app.memberships.memberships import membership_changed, read_versioned
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.refund import Decision, Refund, RefundLine


def settled_entitlement(context: Context, refund: Refund, line: RefundLine) -> Change:
    """A course's entitlement without effect, unless the line is kept. Raises LookupError: there is none."""
    key = entitlement_key(refund.learner_id, line.item_id, line.grant_id)
    entitlement = context.store.get(key, Entitlement)
    if entitlement is None:
        raise LookupError(line.grant_id)
    if line.decision is Decision.KEPT or entitlement.value.revoked_at is not None:
        return Change()
    return Change([Put(key, replace(entitlement.value, revoked_at=context.clock.now()), entitlement.version)])


def settled_period(context: Context, refund: Refund, line: RefundLine) -> Change:
    """A period of membership taken back, or again the learner's; told where it changed. Raises LookupError."""
    before, version = read_versioned(context, refund.learner_id)
    if before.period(line.grant_id).revoked:
        return Change()
    kept = line.decision is Decision.KEPT
    after = before.kept(line.grant_id) if kept else before.revoked(line.grant_id, context.clock.now())
    known = {period.id: period.sequence for period in before.periods}
    events = [
        membership_changed(context, refund.learner_id, period, refund.correlation_id)
        for period in after.periods
        if period.sequence > known[period.id]
    ]
    return Change([Put(membership_key(refund.learner_id), after, version)], events)
