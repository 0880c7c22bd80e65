"""The two files that searches read: the index of all courses, and what is counted of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.catalog.app.items import STATISTICS
from services.catalog.app.learning.items import LEARNERS, counted_course
from services.catalog.app.ports import Speller
from services.catalog.app.reviews.items import RATINGS
from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Listing
from services.catalog.domain.review import Rating
from services.catalog.domain.search import Counts
from services.catalog.domain.search_index import FORMAT, Index, pack_index
from services.catalog.domain.spelling import UNKNOWN, Spelling
from services.kit.store import Count, Store
from services.kit.store.codec import decode, encode
from services.kit.store.pages import every

INDEX, TALLY = f"index-{FORMAT}", f"tally-{FORMAT}"
"""Names of the files. Code of another format has files of its own beside these."""


@dataclass(frozen=True)
class Tally:
    """What is counted of the courses that anything is counted of, and which index was made last, of what change."""

    index: int
    indexed_at: datetime
    learners: Mapping[CourseId, int] = field(default_factory=dict)
    stars: Mapping[CourseId, tuple[int, ...]] = field(default_factory=dict)

    def counts(self, course_id: CourseId) -> Counts:
        """What is counted of a course."""
        stars = self.stars.get(course_id)
        learners = self.learners.get(course_id, 0)
        return Counts(learners, Rating(stars)) if stars else Counts(learners)


def tally_of(store: Store, index: int, indexed_at: datetime) -> Tally:
    """Counts what the table has now."""
    learners = Counter[CourseId]()
    for stored in every(store, STATISTICS, LEARNERS, Count):
        learners[counted_course(stored.key)] += stored.value.count
    rated = every(store, STATISTICS, RATINGS, Rating)
    stars = {CourseId(stored.key.sk.removeprefix(RATINGS)): stored.value.histogram for stored in rated}
    return Tally(index, indexed_at, dict(learners), stars)


def write_tally(tally: Tally) -> bytes:
    """The file."""
    return encode(tally).encode()


def read_tally(content: bytes) -> Tally:
    """What the file says."""
    return decode(content.decode(), Tally)


def index_of(
    lines: Iterable[Listing], number: int, spelling: Spelling = UNKNOWN, speller: Speller | None = None
) -> bytes:
    """The index of these lines, which have all changes up to that number."""
    return pack_index(lines, number, _write, spelling, speller.spell if speller else None)


def read_index(content: bytes) -> Index:
    """The index that a file holds. Raises UnknownFormat."""
    return Index(content, _read)


def _write(line: Listing) -> bytes:
    # Nothing that a search shows has the abstract, which is most of a line.
    return encode(replace(line, abstract="")).encode()


def _read(written: bytes) -> Listing:
    return decode(written.decode(), Listing)
