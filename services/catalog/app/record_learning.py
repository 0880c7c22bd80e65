"""Counts the learners of a course, and remembers who completed it."""

from services.catalog.app.items import learners_key, taking_key
from services.catalog.domain.learning import Learners, Taking
from services.catalog.events.consumed import EntitlementGranted, WatchCompleted
from services.kit.clock import Clock
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import ABSENT, Change, Put, Store


def record_entitlement(store: Store, clock: Clock, event: Envelope) -> None:
    """A learner has the course: counts them, unless they are counted already.

    Raises:
        ValueError: the event is no entitlement.
        Conflict: others kept writing; the queue delivers the event again.
    """
    granted = EntitlementGranted.model_validate(event.data)

    def plan() -> Change:
        key = taking_key(granted.learner_id, granted.course_id)
        if store.get(key, Taking):
            return Change()
        return Change([Put(key, Taking(granted.granted_at)), _one_more(store, granted.course_id)])

    apply_once(store, clock, event, plan)


def record_completion(store: Store, clock: Clock, event: Envelope) -> None:
    """A learner has watched the whole course: they may review it, and are counted if they were not.

    Raises:
        ValueError: the event is no completed watch.
        Conflict: others kept writing; the queue delivers the event again.
    """
    watched = WatchCompleted.model_validate(event.data)

    def plan() -> Change:
        key = taking_key(watched.learner_id, watched.course_id)
        known = store.get(key, Taking)
        if known is None:
            taking = Taking(watched.completed_at, watched.completed_at)
            return Change([Put(key, taking), _one_more(store, watched.course_id)])
        taking = known.value.completed(watched.completed_at)
        return Change([Put(key, taking, after=known.version)] if taking != known.value else [])

    apply_once(store, clock, event, plan)


def _one_more(store: Store, course_id: str) -> Put:
    key = learners_key(course_id)
    known = store.get(key, Learners)
    return Put(key, Learners((known.value.count if known else 0) + 1), after=known.version if known else ABSENT)
