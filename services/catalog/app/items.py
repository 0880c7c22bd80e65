"""Where the catalogue's items are. Access patterns and costs: the service's README."""

from services.kit.store import Key

LISTINGS = "COURSES"
STATISTICS = "STATISTICS"
LEARNERS = "LEARNERS#"
"""Sort-key prefix, in the statistics, of how many learners each course has."""


CHANGES = Key("CATALOGUE", "CHANGES")
"""Which courses' lines changed lately."""


def listing_key(course_id: str) -> Key:
    """The course's line in the catalogue; its version is the number of the current publication."""
    return Key(LISTINGS, course_id)


def publication_key(course_id: str, number: int) -> Key:
    """One publication, never changed."""
    return Key(f"COURSE#{course_id}", f"PUBLICATION#{number:06d}")


def learners_key(course_id: str) -> Key:
    """How many learners have taken a course."""
    return Key(STATISTICS, f"{LEARNERS}{course_id}")


def taking_key(learner_id: str, course_id: str) -> Key:
    """A learner's having taken a course."""
    return Key(_learner(learner_id), f"TAKING#{course_id}")


def _learner(learner_id: str) -> str:
    return f"LEARNER#{learner_id}"
