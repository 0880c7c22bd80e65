"""Where reviews are, and what points to them."""

from services.catalog.app.items import STATISTICS, learner_pk
from services.catalog.domain.ids import CourseId, LearnerId, ReviewId
from services.catalog.domain.review import UNRATED, Rating
from services.kit.kinds import ID_ONLY, Emptied, stored
from services.kit.store import Key, Reader, read_or

REPORTED = "REPORTED"
"""The partition of what moderators decide on."""
RATINGS = "RATING#"
"""Sort-key prefix, in the statistics, of what reviews give each course."""
OWN_REVIEWS = "REVIEW#"
"""Sort-key prefix, of a learner, of the reviews they wrote."""
OWN_REPORTS = "REPORT#"
"""Sort-key prefix, of a learner, of the reviews they reported."""


def reviews_pk(course_id: CourseId) -> str:
    """The partition of a course's reviews."""
    return f"REVIEWS#{course_id}"


def review_key(course_id: CourseId, review_id: ReviewId) -> Key:
    """One review; a course's are in the order of their ids."""
    return Key(reviews_pk(course_id), review_id)


def rating_key(course_id: CourseId) -> Key:
    """What the course's reviews give it."""
    return Key(STATISTICS, f"{RATINGS}{course_id}")


def read_rating(read: Reader, course_id: CourseId) -> Rating:
    """What the course's reviews give it."""
    return read_or(read, rating_key(course_id), UNRATED).value


def reported_key(review_id: ReviewId) -> Key:
    """A review's place among those for moderators to decide on."""
    return Key(REPORTED, review_id)


@stored(shape=1, personal=ID_ONLY)
class OwnReview:
    """Points from a learner to their review of a course."""

    review_id: ReviewId


def own_review_key(learner_id: LearnerId, course_id: CourseId) -> Key:
    """Which review of the course is the learner's."""
    return Key(learner_pk(learner_id), f"{OWN_REVIEWS}{course_id}")


@stored(shape=1, personal=Emptied("reason"))
class Report:
    """That a learner has reported a review."""

    reason: str


def report_key(learner_id: LearnerId, review_id: ReviewId) -> Key:
    """A learner's having reported a review."""
    return Key(learner_pk(learner_id), f"{OWN_REPORTS}{review_id}")
