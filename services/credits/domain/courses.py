"""The ledger's own view of a course: what one content version gives."""

from decimal import Decimal

from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ids import CourseId
from services.kit.kinds import NOTHING, stored


@stored(shape=1, personal=NOTHING)
class CourseVersion:
    """One content version of a course, as of its newest publication (`sequence`).

    Two courses with the same `content_id` are the same lecture. `seal` is a MAC over all the rest by the key `key_id`;
    release 1.0.0 wrote neither.
    """

    course_id: CourseId
    content_version: str
    content_id: str
    title: str
    hours: Decimal
    category: Category
    eligible: tuple[Credential, ...]
    sequence: int
    title_en: str | None = None
    key_id: str = ""
    seal: str = ""
