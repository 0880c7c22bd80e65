"""What comes of a refund: the answers of playback, and of credits where hours are reversed; then the money is due."""

from collections.abc import Callable
from dataclasses import replace

from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Stored, Write, required
from services.orders.app.context import Context
from services.orders.app.entitlements.items import entitlement_key
from services.orders.app.invoices.request_invoice import after_refund
from services.orders.app.memberships.grant_membership import membership_changed
from services.orders.app.memberships.items import stored_membership
from services.orders.app.ordering.items import read_order
from services.orders.app.refunds.announcements import refund_due, reversal_requested
from services.orders.app.refunds.items import read_refund
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.ids import CourseId, EntitlementId, PeriodId, RevocationId
from services.orders.domain.order import Goods, Order
from services.orders.domain.refund import Decision, Refund, RefundLine, RefundStatus, refund_of
from services.orders.events.consumed import EntitlementRevocationDecided, WatchesReversed


def record_decision(ctx: Context, event: Envelope) -> None:
    """Takes the entitlement or the period back as playback did, or keeps the line for the watch that playback names.

    Where playback took back what had been completed, credits is asked for the hours before anything is refunded.

    Raises:
        LookupError: nobody asked for this decision, so it is dead-lettered.
        ValueError: the event is no decision.
        Conflict: others kept writing; the queue delivers the event again.
    """
    told = EntitlementRevocationDecided.model_validate(event.data)
    revocation_id = RevocationId(told.revocation_id)
    revoked = told.outcome == "revoked"
    # A playback of before it named all watches names one.
    watch_ids = told.completed_watch_ids or ([told.watch_id] if told.watch_id else [])
    decision = (Decision.REVERSING if watch_ids else Decision.REVOKED) if revoked else Decision.KEPT

    def decide(refund: Refund) -> Refund:
        return refund.decided(revocation_id, decision, ctx.clock.now(), watch_ids)

    apply_once(ctx.store, ctx.clock, event, lambda: _plan(ctx, event, revocation_id, decide))


def record_reversal(ctx: Context, event: Envelope) -> None:
    """Goes on with a refund whose hours credits has reversed; playback has taken back what they were earned on before.

    Raises:
        LookupError: nobody asked for this reversal, so it is dead-lettered.
        ValueError: the event is no such answer.
        Conflict: others kept writing; the queue delivers the event again.
    """
    revocation_id = RevocationId(WatchesReversed.model_validate(event.data).revocation_id)

    def decide(refund: Refund) -> Refund:
        if refund.line(revocation_id).decision is not Decision.REVERSING:
            return refund
        return refund.decided(revocation_id, Decision.REVOKED, ctx.clock.now())

    apply_once(ctx.store, ctx.clock, event, lambda: _plan(ctx, event, revocation_id, decide))


def _plan(ctx: Context, event: Envelope, revocation_id: RevocationId, decide: Callable[[Refund], Refund]) -> Change:
    stored = read_refund(ctx, refund_of(revocation_id))
    refund = decide(stored.value)
    line = refund.line(revocation_id)
    if line.decision is stored.value.line(revocation_id).decision:
        return Change()
    settle = settled_entitlement if line.goods is Goods.COURSE else settled_period
    granted = settle(ctx, refund, line)
    writes = [stored.put(refund), *_order(ctx, refund, line), *granted.writes]
    return Change(writes, [*_events(ctx, event, refund, line), *granted.events])


def _order(ctx: Context, refund: Refund, line: RefundLine) -> list[Write]:
    if line.decision is Decision.REVERSING:
        return []
    order = read_order(ctx, refund.order_id)
    moved = _moved(order, line)
    overtaken = [] if line.decision is Decision.KEPT else after_refund(ctx, moved)
    return [order.put(moved), *overtaken]


def _moved(order: Stored[Order], line: RefundLine) -> Order:
    kept = line.decision is Decision.KEPT
    return order.value.kept(line.number) if kept else order.value.refunded(line.number)


def _events(ctx: Context, event: Envelope, refund: Refund, line: RefundLine) -> list[Envelope]:
    if line.decision is Decision.REVERSING:
        return [reversal_requested(ctx, refund, line, event.id)]
    return [refund_due(ctx, refund)] if refund.status is RefundStatus.DUE else []


def settled_entitlement(ctx: Context, refund: Refund, line: RefundLine) -> Change:
    """A course's entitlement without effect, unless the line is kept. Raises LookupError: there is none."""
    key = entitlement_key(refund.learner_id, CourseId(line.item_id), EntitlementId(line.grant_id))
    entitlement = required(ctx.store.get(key, Entitlement), LookupError(line.grant_id))
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
