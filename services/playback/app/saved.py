"""What refusals say is kept."""

from services.playback.domain.watch import Attempt, Live


def saved_part(watch: Live | Attempt) -> dict[str, object]:
    """The course, and the credited prefix in milliseconds."""
    return {"course_id": watch.course_id, "furthest_ms": watch.furthest_ms, "completed": watch.completed_at is not None}
