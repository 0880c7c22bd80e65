"""Where it is kept who has taken which course."""

from services.catalog.app.items import STATISTICS, learner_pk
from services.catalog.domain.ids import CourseId, LearnerId
from services.kit.store import Key

LEARNERS = "LEARNERS#"
"""Sort-key prefix, in the statistics, of how many learners each course has."""


def enrolment_key(learner_id: LearnerId, course_id: CourseId) -> Key:
    """A learner's having taken a course."""
    return Key(learner_pk(learner_id), f"TAKING#{course_id}")


def learners_key(course_id: CourseId) -> Key:
    """How many learners have taken a course."""
    return Key(STATISTICS, f"{LEARNERS}{course_id}")
