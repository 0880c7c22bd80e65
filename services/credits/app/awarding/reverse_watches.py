"""Takes back what watches gave, after an administrator's refund."""

from services.credits.app.awarding.award_hours import WatchOfAnotherLearner
from services.credits.app.awarding.items import WatchMark, watch_key
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.account import Account, Cause
from services.credits.domain.ids import WatchId
from services.credits.domain.review import taken_back
from services.credits.events.consumed import HoursReversalRequested
from services.credits.events.published import WatchesReversed
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, commit_retrying, required


class WatchUnknown(Exception):
    """The watch's own event is not here yet; the queue delivers the request again."""


def reverse_watches(ctx: LedgerContext, event: Envelope) -> None:
    """Reverses each watch in a transaction of its own, then publishes once that they give nothing any more.

    Interrupted in between it goes on when it is called again: what was taken back adds no entry a second time.

    Raises:
        WatchUnknown: see there.
        WatchOfAnotherLearner: the request is not of this learner's watch, so it is dead-lettered.
        ValueError: the event is not such a request.
        Conflict: others kept writing; the queue delivers the event again.
    """
    asked = HoursReversalRequested.model_validate(event.data)
    cause = Cause(event.correlation_id, event.id)
    for watch_id in asked.watch_ids:
        _reverse(ctx, asked, watch_id, cause)
    apply_once(ctx.store, ctx.clock, event, lambda: Change(events=[_answer(ctx, asked, cause)]))


def _reverse(ctx: LedgerContext, asked: HoursReversalRequested, watch_id: WatchId, cause: Cause) -> None:
    def plan() -> tuple[Change, None]:
        account = Account(ctx, asked.learner_id)
        mark = required(ctx.store.get(watch_key(watch_id), WatchMark), WatchUnknown(watch_id))
        if mark.value.learner_id != asked.learner_id:
            raise WatchOfAnotherLearner(watch_id)
        drafts = taken_back(watch_id, account.entries(), asked.reason, asked.actor)
        return (Change(*account.post(drafts, cause)) if drafts else Change()), None

    commit_retrying(ctx.store, plan)


def _answer(ctx: LedgerContext, asked: HoursReversalRequested, cause: Cause) -> Envelope:
    data = WatchesReversed(
        revocation_id=asked.revocation_id,
        learner_id=asked.learner_id,
        watch_ids=asked.watch_ids,
        reversed_at=ctx.clock.now(),
    )
    return ctx.events.make(
        data, subject=asked.revocation_id, correlation_id=cause.correlation_id, causation_id=cause.causation_id
    )
