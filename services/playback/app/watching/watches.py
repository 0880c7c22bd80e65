"""Reading what is known of a learner's watches."""

from services.kit.store import Store, Stored
from services.playback.app.items import (
    ATTEMPTS,
    LEGS,
    attempt_key,
    attempts_of,
    live_key,
    partition_of_learner,
    partition_of_watch,
)
from services.playback.app.watching.broken_records import broken
from services.playback.domain.ids import CourseId, LearnerId, WatchId
from services.playback.domain.legs import Leg
from services.playback.domain.watch import Attempt, Live, checkpoint


def read_live(store: Store, learner_id: LearnerId) -> Stored[Live] | None:
    """The learner's live item; None where they never watched."""
    return store.get(live_key(learner_id), Live)


def read_attempts(store: Store, learner_id: LearnerId, course_id: CourseId | None = None) -> list[Stored[Attempt]]:
    """The learner's watches of a course, or of every course, each course's in order."""
    prefix = ATTEMPTS if course_id is None else attempts_of(course_id)
    return store.query(partition_of_learner(learner_id), prefix, Attempt)


def read_attempt(store: Store, learner_id: LearnerId, live: Live) -> Stored[Attempt]:
    """The watch that is live, as of its last leg.

    Raises:
        Problem: WATCH_RECORD_BROKEN where it is gone.
    """
    stored = store.get(attempt_key(learner_id, live.course_id, live.attempt), Attempt)
    if stored is None:
        raise broken(live.watch_id, ["the attempt is gone"])
    return stored


def read_legs(store: Store, watch_id: WatchId) -> list[Stored[Leg]]:
    """A watch's signed records in order; those of a watch that was archived long ago have aged out."""
    return store.query(partition_of_watch(watch_id), LEGS, Leg)


def newest(attempt: Attempt, live: Stored[Live] | None) -> Attempt:
    """The attempt as of the last accepted call: live state that is not older than the last leg counts."""
    if live is None or live.value.watch_id != attempt.watch_id or live.version < attempt.live_version:
        return attempt
    return checkpoint(attempt, live.value, live.version)
