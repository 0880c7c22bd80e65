"""What hours a course gives decides as much as the ledger does, so it is sealed as the catalogue told it."""

from dataclasses import replace
from datetime import UTC, datetime

from services.credits.app.context import LedgerContext
from services.credits.app.courses.items import course_key
from services.credits.app.metrics import BROKEN_RECORDS
from services.credits.domain.courses import CourseVersion
from services.credits.domain.ledger import Macs, signed_bytes
from services.kit.observability import count
from services.kit.store import Stored, Write

PURPOSE = "course"
SEALED_SINCE = datetime(2027, 3, 1, tzinfo=UTC)
"""By then release 1.0.0, which seals no course, runs nowhere. Until then what it left or writes is taken and sealed."""


class CourseVersionChanged(Exception):
    """Our view of a course is not what the catalogue told: the watch is dead-lettered until it is told anew."""


def sealed_course(macs: Macs, course: CourseVersion) -> CourseVersion:
    """The course as it is stored."""
    keyed = replace(course, key_id=macs.current_id(), seal="")
    return replace(keyed, seal=macs.mac(keyed.key_id, PURPOSE, signed_bytes(keyed)).hex())


def check_course(ctx: LedgerContext, stored: Stored[CourseVersion]) -> list[Write]:
    """Refuses hours by a view that somebody changed.

    Returns:
        The write that seals what release 1.0.0 left without.

    Raises:
        CourseVersionChanged: see there.
        UnknownKey: the key ring lacks the key that sealed.
    """
    course = stored.value
    is_of_its_place = stored.key == course_key(course.course_id, course.content_version)
    if course.seal and _fits(ctx.macs, course) and is_of_its_place:
        return []
    if course.seal or ctx.clock.now() >= SEALED_SINCE:
        count(BROKEN_RECORDS)
        raise CourseVersionChanged(f"{course.course_id} {course.content_version}")
    return [stored.put(sealed_course(ctx.macs, course))]


def _fits(macs: Macs, course: CourseVersion) -> bool:
    try:
        return macs.verify(course.key_id, PURPOSE, signed_bytes(course), bytes.fromhex(course.seal))
    except ValueError:
        return False
