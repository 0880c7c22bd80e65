"""What finance does about refunds: looking at a day's, and sending again what a provider could not send."""

from dataclasses import dataclass
from datetime import date

from services.kit.days import Days
from services.kit.idempotency import Request, answer_once
from services.kit.identity import Principal
from services.kit.store import Change, Put
from services.orders.app.announcements import refund_due
from services.orders.app.context import Context
from services.orders.app.refunds.items import refunds_of_hour
from services.orders.app.refunds.problems import REFUND_NOT_FAILED
from services.orders.app.refunds.read_refunds import known_refund
from services.orders.domain.refund import Refund, RefundStatus


@dataclass(frozen=True)
class RefundsPage:
    """Refunds in order of their ids; `after` is where the next page begins, None after the last."""

    refunds: list[Refund]
    after: str | None


def refunds_of_day(context: Context, day: date, status: RefundStatus | None, after: str, limit: int) -> RefundsPage:
    """The refunds asked for on a civil day in China, of one status or of any, a page at a time.

    A page may hold less than what was read: a status is picked after reading.

    Args:
        after: the earlier page's `after`; "" for the first page.
        limit: how many are read at most.
    """
    read: list[Refund] = []
    for hour in Days(day, day).hours():
        if hour < after[:10]:
            continue
        page = context.store.page(refunds_of_hour(hour), "", Refund, after, limit - len(read))
        read += [stored.value for stored in page.items]
        if len(read) == limit:
            break
    found = [refund for refund in read if status in (None, refund.status)]
    return RefundsPage(found, read[-1].refund_id if len(read) == limit else None)


def resend_refund(context: Context, actor: Principal, refund_id: str, reason: str, idempotency_key: str) -> Refund:
    """Has a provider asked once more for a refund that failed there, under the same number: it is never sent twice.

    Raises:
        Problem: REFUND_NOT_FOUND, REFUND_NOT_FAILED, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Refund]:
        stored = known_refund(context, refund_id)
        if stored.value.status is not RefundStatus.FAILED:
            raise REFUND_NOT_FAILED.problem(refund_status=stored.value.status)
        again = stored.value.sent_again()
        audit = context.audit.entry(actor, "resend_refund", refund_id, reason)
        return Change([Put(stored.key, again, stored.version), audit], [refund_due(context, again)]), again

    request = Request(actor.id, idempotency_key, "resend_refund", {"refund_id": refund_id, "reason": reason})
    return answer_once(context.store, context.clock, request, Refund, plan)
