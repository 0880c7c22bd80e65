"""Sending money back through the provider that brought it, once per refund."""

from dataclasses import replace

from services.kit.events import Envelope
from services.kit.observability import count, logger, measure
from services.kit.store import Change, commit_retrying
from services.orders.app.context import PaymentContext
from services.orders.app.finance.items import enter
from services.orders.app.metrics import REFUNDED, REFUNDS
from services.orders.app.refunds.items import read_refund
from services.orders.domain.ids import RefundId
from services.orders.domain.movement import Movement, shares_of_refund
from services.orders.domain.payment import (
    LineKind,
    PaymentProvider,
    ProviderName,
    ProviderUnavailable,
    RefundOrder,
    RefundState,
    RefundTrade,
)
from services.orders.domain.refund import Refund, RefundStatus
from services.orders.events.published import RefundDue

REASON = "课程退款"
"""What the payer reads at the provider."""

_ENDS = {
    RefundState.SUCCEEDED: RefundStatus.DONE,
    RefundState.CLOSED: RefundStatus.FAILED,
    RefundState.ABNORMAL: RefundStatus.FAILED,
}


def send_due(ctx: PaymentContext, event: Envelope) -> None:
    """Sends the money of a refund that became due. Raises as `send_refund` does; the queue delivers the event again."""
    send_refund(ctx, RefundId(RefundDue.model_validate(event.data).refund_id))


def send_refund(ctx: PaymentContext, refund_id: RefundId) -> RefundStatus:
    """Asks the provider for a refund that is due, and notes what became of it; returns how it stands.

    The provider sends once per number, so whoever dies after asking asks again. One that it is still at work on stays
    due, and is looked after by the sweep.

    Raises:
        LookupError: no such refund.
        ProviderRefused, ProviderUnavailable: it stays due.
        Conflict: others kept writing.
    """
    refund = read_refund(ctx, refund_id).value
    if refund.status is not RefundStatus.DUE:
        return refund.status
    provider, order = _order(ctx, refund)
    trade = provider.refund(order)
    status = _ENDS.get(trade.state)
    if status is None:
        return refund.status
    if status is RefundStatus.FAILED:
        logger().error("refund failed at the provider", refund_id=refund_id, state=trade.state)
    marked = _mark(ctx, refund_id, status, trade)
    count(REFUNDS, status=status)
    if status is RefundStatus.DONE:
        measure(REFUNDED, refund.amount_fen)
    return marked


def _order(ctx: PaymentContext, refund: Refund) -> tuple[PaymentProvider, RefundOrder]:
    paid_by = refund.paid_by
    provider = ctx.provider(ProviderName(paid_by.provider)) if paid_by else None
    if paid_by is None or provider is None:
        raise ProviderUnavailable(paid_by.provider if paid_by else "nothing was paid")
    order = RefundOrder(
        refund_number=refund.refund_id,
        number=paid_by.payment_number,
        transaction_id=paid_by.trade_no,
        amount_fen=refund.amount_fen,
        paid_fen=refund.paid_fen,
        reason=REASON,
    )
    return provider, order


def _mark(ctx: PaymentContext, refund_id: RefundId, status: RefundStatus, trade: RefundTrade) -> RefundStatus:
    def plan() -> tuple[Change, RefundStatus]:
        stored = read_refund(ctx, refund_id)
        if stored.value.status is not RefundStatus.DUE:
            return Change(), stored.value.status
        done = replace(stored.value, status=status, done_at=ctx.clock.now())
        writes = [stored.put(done)]
        if status is RefundStatus.DONE and done.paid_by:
            moved = Movement(
                kind=LineKind.REFUND,
                reference=refund_id,
                amount_fen=done.amount_fen,
                at=trade.at or ctx.clock.now(),
                order_id=done.order_id,
                trade_no=done.paid_by.trade_no,
                how=done.cause,
                shares=shares_of_refund(done),
                payment_number=done.paid_by.payment_number,
                refund_no=trade.refund_no,
            )
            writes.append(enter(done.paid_by.provider, moved))
        return Change(writes), status

    return commit_retrying(ctx.store, plan)
