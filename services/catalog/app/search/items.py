"""What whoever keeps the catalogue in memory follows: which courses changed, so that it reads those and no others."""

from dataclasses import replace

from services.catalog.app.context import Context
from services.catalog.domain.ids import CourseId
from services.kit.kinds import NOTHING, stored
from services.kit.store import Key, Put, read_or

CHANGES = Key("CATALOGUE", "CHANGES")

REMEMBERED = 100
"""Changes; whoever is further behind reads the whole catalogue."""


@stored(shape=1, personal=NOTHING)
class Changes:
    """How many changes of courses' lines there have been, and the courses of the last ones, the latest last."""

    number: int = 0
    courses: tuple[CourseId, ...] = ()

    def since(self, number: int) -> tuple[CourseId, ...] | None:
        """The courses changed since that many changes; None where that is no longer known."""
        missed = self.number - number
        if not 0 <= missed <= len(self.courses):
            return None
        return self.courses[len(self.courses) - missed :]

    def one_more(self, course_id: CourseId) -> "Changes":
        """After one more change."""
        return replace(self, number=self.number + 1, courses=(*self.courses, course_id)[-REMEMBERED:])


def note_change(ctx: Context, course_id: CourseId) -> Put:
    """The write that belongs into each transaction that changes a course's line."""
    known = read_or(ctx.store, CHANGES, Changes())
    return known.put(known.value.one_more(course_id))
