"""Turns a completed watch into entries of the ledger, exactly once, for ever."""

from datetime import timedelta

from services.credits.app.awarding.items import WatchMark, watch_key
from services.credits.app.context import LedgerContext
from services.credits.app.courses.course_seals import check_course
from services.credits.app.courses.items import course_key
from services.credits.app.ledger.account import Account, Cause
from services.credits.app.memberships.items import membership_key
from services.credits.app.metrics import AWARD_LAG, WATCH_OUTCOMES
from services.credits.domain.awarding import completion_of, outcomes
from services.credits.domain.courses import CourseVersion
from services.credits.domain.ledger import Draft
from services.credits.domain.quota import MembershipPeriod
from services.credits.events.consumed import WatchCompleted
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.observability import count, measure
from services.kit.store import Change, Put, required


class CourseVersionUnknown(Exception):
    """The course's own event is not here yet; the queue delivers the watch again."""


class MembershipPeriodUnknown(Exception):
    """The membership period's own event is not here yet; the queue delivers the watch again."""


class WatchOfAnotherLearner(Exception):
    """A watch that is already in one learner's ledger was reported for another: forged, so it is dead-lettered."""


def award_hours(ctx: LedgerContext, event: Envelope) -> None:
    """Enters a completed watch: an award, a hold or a declined entry for every credential concerned.

    Raises:
        CourseVersionUnknown, CourseVersionChanged, MembershipPeriodUnknown: see there.
        WatchOfAnotherLearner: see there.
        ValueError: the event is not a completed watch.
        Conflict: others kept writing to this account; the queue delivers the event again.
    """
    watch = WatchCompleted.model_validate(event.data)
    unknown = CourseVersionUnknown(f"{watch.course_id} {watch.content_version}")
    entered: list[Draft] = []

    def plan() -> Change:
        entered.clear()
        mark = ctx.store.get(watch_key(watch.watch_id), WatchMark)
        if mark is not None:
            if mark.value.learner_id != watch.learner_id:
                raise WatchOfAnotherLearner(watch.watch_id)
            return Change()
        account = Account(ctx, watch.learner_id)
        course = required(ctx.store.get(course_key(watch.course_id, watch.content_version), CourseVersion), unknown)
        sealing = check_course(ctx, course)
        entered.extend(_drafts(ctx, account, watch, course.value))
        writes, events = account.post(entered, Cause(event.correlation_id, event.id))
        return Change([*writes, *sealing, Put(watch_key(watch.watch_id), WatchMark(watch.learner_id))], events)

    apply_once(ctx.store, ctx.clock, event, plan)
    for draft in entered:
        count(WATCH_OUTCOMES, kind=draft.kind, reason=draft.reason)
    if entered:
        measure(AWARD_LAG, (ctx.clock.now() - watch.completed_at) // timedelta(milliseconds=1))


def _drafts(ctx: LedgerContext, account: Account, watch: WatchCompleted, course: CourseVersion) -> list[Draft]:
    _require_period(ctx, watch)
    completion = completion_of(course, watch.watch_id, watch.completed_at, watch.quota_period)
    now = account.circumstances_of(completion, course.eligible)
    return outcomes(completion, course.eligible, now)


def _require_period(ctx: LedgerContext, watch: WatchCompleted) -> None:
    """Also where it would be held for something else: a hold can always be released, so it must know its quota."""
    period_id = watch.quota_period
    if period_id and ctx.store.get(membership_key(watch.learner_id, period_id), MembershipPeriod) is None:
        raise MembershipPeriodUnknown(period_id)
