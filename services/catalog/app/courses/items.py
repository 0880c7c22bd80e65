"""Where courses are."""

from services.catalog.domain.ids import CourseId
from services.kit.store import Key

LISTINGS = "COURSES"
PUBLICATIONS = "PUBLICATION#"


def listing_key(course_id: CourseId) -> Key:
    """The course's line in the catalogue; its version is the number of the current publication."""
    return Key(LISTINGS, course_id)


def current_key(course_id: CourseId) -> Key:
    """The publication that was made last, once more, for whoever cannot know its number yet."""
    return Key(f"COURSE#{course_id}", "CURRENT")


def publication_key(course_id: CourseId, number: int) -> Key:
    """One publication, never changed."""
    return Key(f"COURSE#{course_id}", f"{PUBLICATIONS}{number:06d}")
