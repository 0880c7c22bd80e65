"""Whether a course's hours fit its length, as far as a machine can tell. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from services.catalog.domain.document import format_time

HOUR_MINUTES = 50
"""Minutes of a credit hour in the standard that can be compared with (NASBA's); whoever certifies has their own."""
TIMES = 3
"""How far hours and length may be apart before somebody is asked to look.

Certifying bodies count by rules of their own: a real course of about 40 minutes grants 1.5 hours, which is twice the
standard. Three times is beyond that, and less than most slips make of it: a point that was left out, minutes that were
typed for hours, another recording.
"""


@dataclass(frozen=True)
class Doubt:
    """What a person should look at before a course is published, though it keeps nothing from it: of which part."""

    part: str
    message: str
    message_en: str


def doubt_hours(hours: Decimal, duration_ms: int) -> Doubt | None:
    """What is odd about granting so many hours for a lecture of this length; None: nothing is."""
    granted_ms = int(hours * HOUR_MINUTES * 60_000)
    if granted_ms <= TIMES * duration_ms and duration_ms <= TIMES * granted_ms:
        return None
    length, granted = format_time(duration_ms), f"{granted_ms // 60_000}"
    return Doubt(
        "facts/hours",
        f"{hours} 学时按每学时 {HOUR_MINUTES} 分钟计为 {granted} 分钟，而课程长 {length}。"
        "请核对学时和录像；以认证机构认定的学时为准，不影响发布",
        f"{hours} hours are {granted} minutes at {HOUR_MINUTES} each, but the lecture lasts {length}. "
        "Check the hours and the recording; what the certifying body grants counts, and it can be published",
    )
