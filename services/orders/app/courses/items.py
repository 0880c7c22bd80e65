"""What is kept of courses, and where."""

from services.kit.store import Key


def course_key(course_id: str) -> Key:
    """The offer of a course."""
    return Key(f"COURSE#{course_id}", "OFFER")
