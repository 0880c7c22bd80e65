"""What somebody may watch a course on: an entitlement, or the period of membership that runs."""

from collections.abc import Sequence
from typing import Any

from services.kit.store import Check, Store, Stored
from services.playback.app.items import MEMBERSHIPS, partition_of_learner
from services.playback.domain.course import Course
from services.playback.domain.entitlement import Entitlement, best_entitlement
from services.playback.domain.ids import LearnerId
from services.playback.domain.membership import MembershipPeriod

Granted = Sequence[Stored[Entitlement]]


def right_among(
    store: Store, learner_id: LearnerId, course: Course, granted: Granted, now: int
) -> tuple[Entitlement, Check] | None:
    """What the learner may watch the course on at this instant, and the condition that it still holds.

    The best of what was granted; where nothing was, which the quota would not be charged for, the running period of
    membership that opens the course, as an entitlement.
    """
    return _best_granted(granted, now) or _on_membership(store, learner_id, course, now)


def _best_granted(granted: Granted, now: int) -> tuple[Entitlement, Check] | None:
    best = best_entitlement([stored.value for stored in granted], now)
    return next(((stored.value, _unchanged(stored)) for stored in granted if stored.value is best), None)


def _on_membership(store: Store, learner_id: LearnerId, course: Course, now: int) -> tuple[Entitlement, Check] | None:
    if not course.in_library:
        return None
    periods = store.query(partition_of_learner(learner_id), MEMBERSHIPS, MembershipPeriod)
    opening = (stored for stored in periods if stored.value.opens(now))
    return next(((stored.value.entitlement(), _unchanged(stored)) for stored in opening), None)


def _unchanged(stored: Stored[Any]) -> Check:
    return Check(stored.key, stored.version)
