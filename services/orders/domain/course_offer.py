"""What orders knows of a course: its own narrow view of the catalogue's."""

from services.kit.kinds import NOTHING, stored
from services.orders.domain.ids import CourseId


@stored(shape=1, personal=NOTHING)
class CourseOffer:
    """A course as it can be had. `sequence` is the number of the publication or withdrawal it was read from.

    Prices in fen; `member_price_fen` is the course's own price for members, where it has one: lower than `price_fen`.
    """

    course_id: CourseId
    title: str
    member_recommended: bool
    price_fen: int
    sequence: int
    withdrawn: bool = False
    member_price_fen: int | None = None
    member_library: bool = False
    title_en: str | None = None
