"""Counts the learners of a course, and remembers who completed it."""

from collections.abc import Iterator

from services.catalog.app.context import Context
from services.catalog.app.learning.items import enrolment_key, learner_counter
from services.catalog.domain.ids import CourseId
from services.catalog.domain.learning import Enrolment
from services.catalog.events.consumed import EntitlementGranted, WatchCompleted
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Add, Change, Put


def record_entitlement(ctx: Context, event: Envelope) -> None:
    """A learner has the course: counts them, unless they are counted already.

    Raises:
        ValueError: the event is no entitlement.
        Conflict: others kept writing; the queue delivers the event again.
    """
    granted = EntitlementGranted.model_validate(event.data)
    counts = _counts_one_more(granted.course_id)

    def plan() -> Change:
        key = enrolment_key(granted.learner_id, granted.course_id)
        if ctx.store.get(key, Enrolment):
            return Change()
        return Change([Put(key, Enrolment(granted.granted_at)), next(counts)])

    apply_once(ctx.store, ctx.clock, event, plan)


def record_completion(ctx: Context, event: Envelope) -> None:
    """A learner has watched the whole course: they may review it, and are counted if they were not.

    Raises:
        ValueError: the event is no completed watch.
        Conflict: others kept writing; the queue delivers the event again.
    """
    watched = WatchCompleted.model_validate(event.data)
    counts = _counts_one_more(watched.course_id)

    def plan() -> Change:
        key = enrolment_key(watched.learner_id, watched.course_id)
        known = ctx.store.get(key, Enrolment)
        if known is None:
            enrolment = Enrolment(watched.completed_at, watched.completed_at)
            return Change([Put(key, enrolment), next(counts)])
        enrolment = known.value.completed(watched.completed_at)
        return Change([known.put(enrolment)] if enrolment != known.value else [])

    apply_once(ctx.store, ctx.clock, event, plan)


def _counts_one_more(course_id: CourseId) -> Iterator[Add]:
    """The write that counts a learner, for each attempt.

    The first takes the course's first counter, so that a course that nobody fights over has one only: searches read
    the counters of all courses. Whoever meets others there goes to any of them.
    """
    yield learner_counter(course_id, shards=1).add()
    while True:
        yield learner_counter(course_id).add()
