"""Playback's own narrow view of a course."""

from decimal import Decimal

from services.kit.kinds import NOTHING, stored
from services.playback.domain.ids import CourseId


@stored(shape=1, personal=NOTHING)
class Course:
    """What a new watch pins. `sequence` is the catalogue's number of its state: older news is ignored.

    `in_library`: a membership that opens the library opens it. `questions`: how many its prompts may ask.
    `seal` is a MAC over all the rest (`domain/seals.py`); release 1.0.0 wrote none.
    """

    course_id: CourseId
    content_version: str
    duration_ms: int
    max_rate: Decimal
    media_url: str
    sequence: int
    in_library: bool = False
    questions: int = 0
    seal: str = ""
