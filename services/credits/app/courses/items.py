"""Where courses lie."""

from services.credits.domain.ids import CourseId
from services.kit.store import Key


def course_key(course_id: CourseId, content_version: str) -> Key:
    """Our view of one content version of a course."""
    return Key(f"COURSE#{course_id}", f"VERSION#{content_version}")
