"""What is kept of courses, and where."""

from services.kit.store import Key, required
from services.orders.app.context import Context
from services.orders.app.courses.problems import COURSE_NOT_FOUND
from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.ids import CourseId


def course_key(course_id: CourseId) -> Key:
    """The offer of a course."""
    return Key(f"COURSE#{course_id}", "OFFER")


def read_offer(ctx: Context, course_id: CourseId) -> CourseOffer:
    """The offer of a course. It is read, not held: many learners want one course at once. Raises COURSE_NOT_FOUND."""
    return required(
        ctx.store.get(course_key(course_id), CourseOffer), COURSE_NOT_FOUND.problem(course_id=course_id)
    ).value
