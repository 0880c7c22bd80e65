"""Asking for a refund: what of a paid order is to be taken back, whole or by line. The amounts are ours to compute."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.kit.call import Call
from services.kit.idempotency import answer_once
from services.kit.store import Change, Write
from services.orders.app.context import Context
from services.orders.app.entitlements.items import claims
from services.orders.app.items import new_number
from services.orders.app.memberships.items import stored_membership
from services.orders.app.ordering.read_orders import known_order, orders_since
from services.orders.app.refunds.announcements import revocation_requested
from services.orders.app.refunds.items import new_refund
from services.orders.app.refunds.problems import (
    LINES_NOT_REFUNDABLE,
    MEMBERSHIP_IN_USE,
    MEMBERSHIP_NOT_LAST,
    ORDER_NOT_REFUNDABLE,
    REFUNDS_TOO_MANY,
)
from services.orders.app.refunds.read_refunds import refund_places
from services.orders.domain.entitlement import Claim
from services.orders.domain.ids import LearnerId, OrderId, PeriodId, RefundId
from services.orders.domain.membership import Period
from services.orders.domain.order import MAX_LINES, Goods, Line, LineState, Order, OrderState, PriceReason
from services.orders.domain.refund import Cause, Refund, RefundLine, revocation_of

_REFUNDABLE = (OrderState.PAID, OrderState.PARTLY_REFUNDED)


MAX_REFUNDS = 2 * MAX_LINES
"""Of an order that its learner asks for: each line once, and once more where it was kept. Administrators may always."""


@dataclass(frozen=True)
class RefundDraft:
    """What somebody asks for: these lines of an order by their numbers, or None for all that is left of it.

    Only an administrator asks for hours to be reversed. `reason` is for the audit log, and for the learner.
    """

    order_id: OrderId
    numbers: tuple[int, ...] | None
    cause: Cause = Cause.LEARNER
    reason: str = ""
    reverse_hours: bool = False


def ask_refund(ctx: Context, call: Call, draft: RefundDraft) -> Refund:
    """Begins a refund: its lines are locked in the order, and playback is asked for each course and each period.

    On a period that is being taken back nothing can be claimed: a claim in it writes the same membership.

    Raises:
        Problem: ORDER_NOT_FOUND, ORDER_NOT_REFUNDABLE, LINES_NOT_REFUNDABLE, REFUNDS_TOO_MANY, MEMBERSHIP_IN_USE,
            MEMBERSHIP_NOT_LAST, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    request = call.request(
        f"ask_refund_{draft.cause}",
        order_id=draft.order_id,
        lines=sorted(draft.numbers) if draft.numbers else None,
        reason=draft.reason,
        reverse_hours=draft.reverse_hours,
    )
    return answer_once(ctx.store, ctx.clock, request, Refund, lambda: _plan(ctx, call, draft))


def _plan(ctx: Context, call: Call, draft: RefundDraft) -> tuple[Change, Refund]:
    by_learner = draft.cause is Cause.LEARNER
    order = known_order(ctx, draft.order_id, LearnerId(call.caller_id) if by_learner else None)
    lines = _lines(order.value, draft.numbers)
    if by_learner and len(refund_places(ctx, draft.order_id)) >= MAX_REFUNDS:
        raise REFUNDS_TOO_MANY.problem(most=MAX_REFUNDS)
    refund = _refund(ctx, call, draft, order.value, lines)
    periods = [line for line in refund.lines if line.goods is Goods.MEMBERSHIP]
    writes = _lock_periods(ctx, refund, periods, may_be_used=not by_learner)
    events = [revocation_requested(ctx, refund, line) for line in refund.lines]
    revoking = order.value.revoking([line.number for line in lines])
    if not by_learner:
        writes.append(ctx.audit.entry(call.caller, "ask_refund", f"{draft.order_id}/{refund.refund_id}", draft.reason))
    return Change([order.put(revoking), *new_refund(refund), *writes], events), refund


def _lines(order: Order, numbers: Sequence[int] | None) -> list[Line]:
    """The lines that were asked for. Raises ORDER_NOT_REFUNDABLE, LINES_NOT_REFUNDABLE."""
    left = {line.number: line for line in order.lines if line.state is LineState.GRANTED}
    if order.state not in _REFUNDABLE or not left:
        raise ORDER_NOT_REFUNDABLE.problem(order_state=order.state)
    if numbers is None:
        return list(left.values())
    wrong = sorted(set(numbers) - left.keys())
    if wrong:
        raise LINES_NOT_REFUNDABLE.problem(lines=wrong)
    return [left[number] for number in sorted(set(numbers))]


def _refund(ctx: Context, call: Call, draft: RefundDraft, order: Order, lines: Sequence[Line]) -> Refund:
    refund_id = RefundId(new_number(ctx))
    return Refund(
        refund_id=refund_id,
        order_id=order.order_id,
        learner_id=order.learner_id,
        cause=draft.cause,
        paid_by=order.paid_by,
        paid_fen=order.amount_fen,
        amount_fen=sum(line.due_fen for line in lines),
        requested_at=ctx.clock.now(),
        correlation_id=call.correlation_id,
        lines=tuple(_line(refund_id, line) for line in lines),
        reverse_hours=draft.reverse_hours,
        reason=draft.reason,
        requested_by=call.caller_id,
    )


def _line(refund_id: RefundId, line: Line) -> RefundLine:
    if line.grant_id is None:
        raise ValueError(f"line {line.number} is granted, and nothing was given for it")
    revocation_id = revocation_of(refund_id, line.number)
    return RefundLine(revocation_id, line.number, line.goods, line.item_id, line.grant_id, line.due_fen)


def _lock_periods(ctx: Context, refund: Refund, lines: Sequence[RefundLine], *, may_be_used: bool) -> list[Write]:
    """The periods of membership, the last one first. Raises MEMBERSHIP_IN_USE, MEMBERSHIP_NOT_LAST."""
    if not lines:
        return []
    stored = stored_membership(ctx, refund.learner_id)
    membership, periods = stored.value, {line.number: stored.value.period(PeriodId(line.grant_id)) for line in lines}
    for line in sorted(lines, key=lambda line: periods[line.number].valid_from, reverse=True):
        if not may_be_used and _is_used(ctx, refund.learner_id, periods[line.number]):
            raise MEMBERSHIP_IN_USE.problem(line=line.number)
        try:
            membership = membership.revoking(periods[line.number].id)
        except LookupError:
            raise MEMBERSHIP_NOT_LAST.problem(line=line.number) from None
    return [stored.put(membership)]


def _is_used(ctx: Context, learner_id: LearnerId, period: Period) -> bool:
    """Whether it brought something that stays: a course claimed since it began, a price for members.

    A claim under way and such an order write the membership too. What was watched on it, playback says.
    """
    made = ctx.store.query(*claims(learner_id), Claim)
    claimed = any(claim.value.claimed_at >= period.valid_from for claim in made)
    return claimed or _is_saved_on(ctx, learner_id, period)


def _is_saved_on(ctx: Context, learner_id: LearnerId, period: Period) -> bool:
    """Whether an order placed since it began has a price for members, and waits or is kept."""
    now = ctx.clock.now()
    return any(
        line.price_reason is PriceReason.MEMBER and line.state is not LineState.REFUNDED
        for order in orders_since(ctx, learner_id, period.valid_from)
        if order.state_at(now) in (OrderState.OPEN, *_REFUNDABLE)
        for line in order.lines
    )
