"""Where it is kept who has taken which course."""

from services.catalog.app.items import STATISTICS, learner_pk
from services.catalog.domain.ids import CourseId, LearnerId
from services.kit.store import Key, Reader
from services.kit.store.counters import ShardedCounter

TAKING = "TAKING#"
"""Sort-key prefix, of a learner, of the courses they took."""
LEARNERS = "LEARNERS#"
"""Sort-key prefix, in the statistics, of how many learners each course has, each counted once and for good."""

SHARDS = 10
"""Counters of a course that is fought over: a thousand learners may take one within seconds."""


def enrolment_key(learner_id: LearnerId, course_id: CourseId) -> Key:
    """A learner's having taken a course."""
    return Key(learner_pk(learner_id), f"{TAKING}{course_id}")


def learner_counter(course_id: CourseId, shards: int = SHARDS) -> ShardedCounter:
    """How many learners have taken a course."""
    return ShardedCounter(STATISTICS, f"{LEARNERS}{course_id}#", shards)


def counted_course(key: Key) -> CourseId:
    """The course that a counter counts for."""
    return CourseId(key.sk.removeprefix(LEARNERS).rpartition("#")[0])


def count_learners(read: Reader, course_id: CourseId) -> int:
    """How many learners have taken the course."""
    return learner_counter(course_id).total_of(read)
