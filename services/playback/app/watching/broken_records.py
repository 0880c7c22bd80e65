"""Refusing to go on from a stored record that is not what was recorded."""

from collections.abc import Sequence

from services.kit.observability import count, logger
from services.kit.problems import Problem
from services.playback.app.metrics import BROKEN_RECORDS
from services.playback.app.watching.problems import WATCH_RECORD_BROKEN
from services.playback.domain.ids import CourseId, WatchId


def broken(watch_id: WatchId, problems: Sequence[str]) -> Problem:
    """The refusal. Operators are told what is wrong, the learner only that something is."""
    count(BROKEN_RECORDS)
    logger().error("a watch's record is broken", watch_id=watch_id, problems=list(problems))
    return WATCH_RECORD_BROKEN.problem()


def broken_course(course_id: CourseId) -> Problem:
    """The refusal to begin a watch of a course whose figures somebody has changed."""
    count(BROKEN_RECORDS)
    logger().error("a course's record is broken", course_id=course_id)
    return WATCH_RECORD_BROKEN.problem()
