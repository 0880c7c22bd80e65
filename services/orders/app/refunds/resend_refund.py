"""Having a refund sent again that its provider could not send."""

from services.kit.call import Call
from services.kit.idempotency import answer_once
from services.kit.store import Change
from services.orders.app.context import Context
from services.orders.app.refunds.announcements import refund_due
from services.orders.app.refunds.problems import REFUND_NOT_FAILED
from services.orders.app.refunds.read_refunds import known_refund
from services.orders.domain.ids import RefundId
from services.orders.domain.refund import Refund, RefundStatus


def resend_refund(ctx: Context, call: Call, refund_id: RefundId, reason: str) -> Refund:
    """Has a provider asked once more for a refund that failed there, under the same number: it is never sent twice.

    Raises:
        Problem: REFUND_NOT_FOUND, REFUND_NOT_FAILED, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Refund]:
        stored = known_refund(ctx, refund_id)
        if stored.value.status is not RefundStatus.FAILED:
            raise REFUND_NOT_FAILED.problem(refund_status=stored.value.status)
        again = stored.value.sent_again()
        audit = ctx.audit.entry(call.caller, "resend_refund", refund_id, reason)
        return Change([stored.put(again), audit], [refund_due(ctx, again)]), again

    request = call.request("resend_refund", refund_id=refund_id, reason=reason)
    return answer_once(ctx.store, ctx.clock, request, Refund, plan)
