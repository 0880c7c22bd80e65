"""What comes of a refund: the answers of playback, and of credits where hours are reversed; then the money is due.

Each answer is kept by itself, in an item that no other answer writes. Then whoever has kept one settles all that are
kept and not settled yet, in one transaction: the lines of an order that are decided side by side wait for each other at
most once or twice, and do not fight over the refund and the order one by one.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Conflict, Write, commit_retrying, put_once, required
from services.orders.app.context import Context
from services.orders.app.entitlements.items import entitlement_key
from services.orders.app.invoices.request_invoice import after_refund
from services.orders.app.memberships.grant_membership import membership_changed
from services.orders.app.memberships.items import stored_membership
from services.orders.app.ordering.items import read_order
from services.orders.app.refunds.announcements import refund_due, reversal_requested
from services.orders.app.refunds.items import LineAnswer, line_answer_key, line_answers, read_refund
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.ids import CourseId, EntitlementId, PeriodId, RefundId, RevocationId
from services.orders.domain.order import Goods, IllegalTransition, Order
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
    revoked = told.outcome == "revoked"
    # A playback of before it named all watches names one.
    watch_ids = told.completed_watch_ids or ([told.watch_id] if told.watch_id else [])
    decision = (Decision.REVERSING if watch_ids else Decision.REVOKED) if revoked else Decision.KEPT
    _take(ctx, event, LineAnswer(RevocationId(told.revocation_id), decision, tuple(watch_ids), event.id))


def record_reversal(ctx: Context, event: Envelope) -> None:
    """Goes on with a refund whose hours credits has reversed; playback has taken back what they were earned on before.

    Raises:
        LookupError: nobody asked for this reversal, so it is dead-lettered.
        ValueError: the event is no such answer.
        Conflict: others kept writing; the queue delivers the event again.
    """
    revocation_id = RevocationId(WatchesReversed.model_validate(event.data).revocation_id)
    _take(ctx, event, LineAnswer(revocation_id, Decision.REVOKED, (), event.id, reversal=True))


def _take(ctx: Context, event: Envelope, answer: LineAnswer) -> None:
    apply_once(ctx.store, ctx.clock, event, lambda: _keep(ctx, answer))
    # Also where the event is known: whoever kept the answer may have died before it was settled.
    commit_retrying(ctx.store, lambda: (_settle(ctx, refund_of(answer.revocation_id)), None))


def _keep(ctx: Context, answer: LineAnswer) -> Change:
    """The first answer of its kind about a line; no reversal that comes before the hours are asked for."""
    line = read_refund(ctx, refund_of(answer.revocation_id)).value.line(answer.revocation_id)
    if answer.reversal and line.decision is not Decision.REVERSING:
        return Change()
    return put_once(ctx.store, line_answer_key(answer), answer)


def _settle(ctx: Context, refund_id: RefundId) -> Change:
    """All answers that are kept and not settled yet."""
    stored = read_refund(ctx, refund_id)
    answers = [kept.value for kept in ctx.store.query(*line_answers(refund_id), LineAnswer)]
    before, refund = stored.value, stored.value
    new: list[tuple[RefundLine, LineAnswer]] = []
    for answer in answers:
        was = refund.line(answer.revocation_id)
        if answer.reversal and was.decision is not Decision.REVERSING:
            continue
        refund = refund.decided(answer.revocation_id, answer.decision, ctx.clock.now(), answer.watch_ids)
        line = refund.line(answer.revocation_id)
        new += [(line, answer)] if line.decision is not was.decision else []
    if not new:
        return Change()
    settled = [_given_back(ctx, refund, line) for line, _ in new]
    writes = [write for change in settled for write in change.writes]
    events = [event for change in settled for event in change.events]
    events += [
        reversal_requested(ctx, refund, line, answer.event_id)
        for line, answer in new
        if line.decision is Decision.REVERSING
    ]
    if refund.status is RefundStatus.DUE and before.status is not RefundStatus.DUE:
        events.append(refund_due(ctx, refund))
    return Change([stored.put(refund), *_order(ctx, refund, [line for line, _ in new]), *writes], events)


def _given_back(ctx: Context, refund: Refund, line: RefundLine) -> Change:
    settle = settled_entitlement if line.goods is Goods.COURSE else settled_period
    return settle(ctx, refund, line)


def _order(ctx: Context, refund: Refund, lines: Sequence[RefundLine]) -> list[Write]:
    """The order with these lines kept or refunded, and its invoices."""
    over = [line for line in lines if line.decision is not Decision.REVERSING]
    if not over:
        return []
    order = read_order(ctx, refund.order_id)
    try:
        moved = _moved(order.value, over)
    except IllegalTransition as error:
        raise Conflict("the order was read after another settled it") from error
    back = any(line.decision is Decision.REVOKED for line in over)
    return [order.put(moved), *(after_refund(ctx, moved) if back else [])]


def _moved(order: Order, lines: Sequence[RefundLine]) -> Order:
    for line in lines:
        order = order.kept(line.number) if line.decision is Decision.KEPT else order.refunded(line.number)
    return order


def settled_entitlement(ctx: Context, refund: Refund, line: RefundLine) -> Change:
    """A course's entitlement without effect, unless the line is kept. Raises LookupError: there is none."""
    key = entitlement_key(refund.learner_id, CourseId(line.item_id), EntitlementId(line.grant_id))
    entitlement = required(ctx.store.get(key, Entitlement), LookupError(line.grant_id))
    if line.decision is Decision.KEPT or entitlement.value.revoked_at is not None:
        return Change()
    return Change([entitlement.put(replace(entitlement.value, revoked_at=ctx.clock.now()))])


def settled_period(ctx: Context, refund: Refund, line: RefundLine) -> Change:
    """A period of membership taken back, or again the learner's; told where it changed. Raises LookupError.

    An order has one line of membership at most, so that no two write the membership in one transaction.
    """
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
