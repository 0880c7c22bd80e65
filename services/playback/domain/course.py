"""Playback's own narrow view of a course."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Course:
    """What a new watch pins. `sequence` is the catalogue's publication number: older news is ignored."""

    course_id: str
    content_version: str
    duration_ms: int
    max_rate: Decimal
    media_url: str
    sequence: int
