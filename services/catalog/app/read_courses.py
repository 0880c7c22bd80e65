"""What everybody may read."""

from dataclasses import dataclass

from services.catalog.app.items import LISTINGS, learners_key, listing_key, publication_key
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.app.read_reviews import Page, rating_of, read_reviews
from services.catalog.domain.learning import Learners
from services.catalog.domain.publication import Current, Listing, Publication
from services.catalog.domain.review import Rating, Review
from services.kit.store import Store


@dataclass(frozen=True)
class CourseView:
    """A course as it stands, how many learners have taken it, and what their reviews give it."""

    current: Current
    learners: int
    rating: Rating


@dataclass(frozen=True)
class Listed:
    """A course's line, and the number of its latest change: publications and withdrawals are counted together."""

    line: Listing
    number: int


class ReadCourses:
    """Reads the list of courses and single courses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def listings(self) -> list[Listing]:
        """Every course's line but those withdrawn, the newest first."""
        found = [stored.value for stored in self._store.query(LISTINGS, "", Listing)]
        offered = [line for line in found if line.withdrawn_at is None]
        return sorted(offered, key=lambda line: (line.published_on, line.course_id), reverse=True)

    def editors_page(self, after: str, limit: int) -> Page[Listed]:
        """Courses in the order of their ids, from the first one after `after`; those withdrawn too."""
        found = self._store.page(LISTINGS, "", Listing, after, limit)
        return Page(tuple(Listed(stored.value, stored.version) for stored in found.items), found.after or "")

    def page(self, course_id: str) -> CourseView:
        """The course with what is counted beside it. Raises COURSE_NOT_FOUND."""
        current = self.current(course_id)
        return CourseView(current, learners_of(self._store, course_id), rating_of(self._store, course_id))

    def reviews(self, course_id: str, after: str, limit: int) -> tuple[Page[Review], Rating]:
        """A page of the course's reviews, the newest first, and what all of them give it."""
        return read_reviews(self._store, course_id, after, limit), rating_of(self._store, course_id)

    def current(self, course_id: str) -> Current:
        """The course as it stands, a withdrawn one too. Raises COURSE_NOT_FOUND."""
        current = find_current(self._store, course_id)
        if current is None:
            raise COURSE_NOT_FOUND.problem()
        return current


def learners_of(store: Store, course_id: str) -> int:
    """How many learners have taken the course."""
    stored = store.get(learners_key(course_id), Learners)
    return stored.value.count if stored else 0


def find_current(store: Store, course_id: str) -> Current | None:
    """The course as it stands, if it was ever published."""
    line = store.get(listing_key(course_id), Listing)
    return Current(publication_of(store, line.value), line.version, line.value.withdrawn_at) if line else None


def publication_of(store: Store, line: Listing) -> Publication:
    """The publication that the course's line names."""
    stored = store.get(publication_key(line.course_id, line.publication), Publication)
    if stored is None:
        raise LookupError(f"{line.course_id} has a line without its publication {line.publication}")
    return stored.value
