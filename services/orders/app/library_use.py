"""Whether the members' library was watched on a period of membership: such a period is no longer refunded to a learner.

One item per period says what came first, the first completed watch or the learner's refund. A watch that playback
completed before the refund, and that we hear of after it, gives its hours back.
"""

from dataclasses import dataclass, replace

from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Put
from services.orders.app.announcements import reversal_requested
from services.orders.app.context import Context
from services.orders.app.keys import period_use_key
from services.orders.app.refunds import read_refund
from services.orders.domain.refund import refund_of
from services.orders.events.consumed import WatchCompleted

REASON = "观看所依据的会员期已退款"
"""What the learner reads of hours that are taken back."""


@dataclass(frozen=True)
class PeriodUse:
    """What came first for a period: the first watch completed on it, or the revocation of the learner's refund."""

    watch_id: str | None = None
    revocation_id: str | None = None


def is_watched(context: Context, learner_id: str, period_id: str) -> bool:
    """Whether a course was watched to the end on the period."""
    return context.store.get(period_use_key(learner_id, period_id), PeriodUse) is not None


def taken_back(learner_id: str, period_id: str, revocation_id: str) -> Put:
    """The write with which a learner's refund takes a period that nothing was watched on."""
    return Put(period_use_key(learner_id, period_id), PeriodUse(revocation_id=revocation_id))


def record_watch(context: Context, event: Envelope) -> None:
    """Notes the first watch completed on a period; of one that was refunded before, has the watch's hours taken back.

    Raises:
        ValueError: the event is no completed watch.
        Conflict: others kept writing; the queue delivers the event again.
    """
    watch = WatchCompleted.model_validate(event.data)
    apply_once(context.store, context.clock, event, lambda: _plan(context, event, watch))


def _plan(context: Context, event: Envelope, watch: WatchCompleted) -> Change:
    if watch.membership_period_id is None:
        return Change()
    key = period_use_key(watch.learner_id, watch.membership_period_id)
    known = context.store.get(key, PeriodUse)
    if known is None:
        return Change([Put(key, PeriodUse(watch_id=watch.watch_id))])
    revocation_id = known.value.revocation_id
    if revocation_id is None:
        return Change()
    refund = read_refund(context, refund_of(revocation_id)).value
    line = replace(refund.line(revocation_id), item_id=watch.course_id, watch_ids=(watch.watch_id,))
    return Change(events=[reversal_requested(context, replace(refund, reason=REASON), line, event.id)])
