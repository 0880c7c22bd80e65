"""Counts the learners of a course, and remembers who completed it."""

from dataclasses import replace

from services.catalog.app.context import Context
from services.catalog.app.learning.items import enrolment_key, learners_key
from services.catalog.domain.ids import CourseId
from services.catalog.domain.learning import Enrolment, LearnerCount
from services.catalog.events.consumed import EntitlementGranted, WatchCompleted
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import ABSENT, Change, Put


def record_entitlement(ctx: Context, event: Envelope) -> None:
    """A learner has the course: counts them, unless they are counted already.

    Raises:
        ValueError: the event is no entitlement.
        Conflict: others kept writing; the queue delivers the event again.
    """
    granted = EntitlementGranted.model_validate(event.data)

    def plan() -> Change:
        key = enrolment_key(granted.learner_id, granted.course_id)
        if ctx.store.get(key, Enrolment):
            return Change()
        return Change([Put(key, Enrolment(granted.granted_at)), _count_one_more(ctx, granted.course_id)])

    apply_once(ctx.store, ctx.clock, event, plan)


def record_completion(ctx: Context, event: Envelope) -> None:
    """A learner has watched the whole course: they may review it, and are counted if they were not.

    Raises:
        ValueError: the event is no completed watch.
        Conflict: others kept writing; the queue delivers the event again.
    """
    watched = WatchCompleted.model_validate(event.data)

    def plan() -> Change:
        key = enrolment_key(watched.learner_id, watched.course_id)
        known = ctx.store.get(key, Enrolment)
        if known is None:
            enrolment = Enrolment(watched.completed_at, watched.completed_at)
            return Change([Put(key, enrolment), _count_one_more(ctx, watched.course_id)])
        enrolment = known.value.completed(watched.completed_at)
        return Change([known.put(enrolment)] if enrolment != known.value else [])

    apply_once(ctx.store, ctx.clock, event, plan)


def count_learners(ctx: Context, course_id: CourseId) -> int:
    """How many learners have taken the course."""
    stored = ctx.store.get(learners_key(course_id), LearnerCount)
    return stored.value.count if stored else 0


def _count_one_more(ctx: Context, course_id: CourseId) -> Put:
    key = learners_key(course_id)
    known = ctx.store.get(key, LearnerCount)
    before = known.value if known else LearnerCount()
    return Put(key, replace(before, count=before.count + 1), after=known.version if known else ABSENT)
