"""The courses that a learner marked to find them again. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.catalog.domain.ids import CourseId
from services.kit.kinds import REMOVED, stored

MOST_FAVOURITES = 500
"""Some 80 bytes each: all of a learner's are one item of 40 KB at most."""


@dataclass(frozen=True)
class Favourite:
    """One course, and since when it is marked."""

    course_id: CourseId
    since: datetime


@stored(shape=1, personal=REMOVED)
class Favourites:
    """All that a learner marked, the newest first: one read tells it for every card of a page."""

    courses: tuple[Favourite, ...] = ()

    def has(self, course_id: CourseId) -> bool:
        """Whether the course is marked."""
        return any(favourite.course_id == course_id for favourite in self.courses)

    @property
    def full(self) -> bool:
        """Whether there is no room for another one."""
        return len(self.courses) >= MOST_FAVOURITES

    def with_course(self, course_id: CourseId, now: datetime) -> "Favourites":
        """With the course; one that is marked already keeps its place."""
        return self if self.has(course_id) else replace(self, courses=(Favourite(course_id, now), *self.courses))

    def without(self, course_id: CourseId) -> "Favourites":
        """Without the course."""
        left = tuple(favourite for favourite in self.courses if favourite.course_id != course_id)
        return replace(self, courses=left) if len(left) < len(self.courses) else self
