"""Searches the catalogue in memory: every function reads the list once, and then what changed."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from services.catalog.app.courses.items import LISTINGS, listing_key
from services.catalog.app.items import STATISTICS
from services.catalog.app.learning.items import LEARNERS, counted_course
from services.catalog.app.reviews.items import RATINGS
from services.catalog.app.search.items import CHANGES, Changes
from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Listing
from services.catalog.domain.review import UNRATED, Rating
from services.catalog.domain.search import Candidate, Counts, SearchQuery, SearchResult, candidate, newest_first, select
from services.kit.clock import Clock
from services.kit.store import Count, Store

COUNTS_KEPT = timedelta(minutes=1)
"""How old the counts may be that a search sorts by and shows; a course's own page counts exactly."""


class CourseScan:
    """All courses' lines in memory, looked through one by one. The service's README says up to how many."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._seen: int | None = None
        self._candidates: list[Candidate] = []
        self._learners = Counter[CourseId]()
        self._ratings: Mapping[CourseId, Rating] = {}
        self._counted_at: datetime | None = None

    def find(self, query: SearchQuery) -> SearchResult:
        """One page of the courses found, as the catalogue is now. Costs one read, unless something changed."""
        self._follow()
        self._count()
        return select(self._candidates, query, self._counts)

    def _counts(self, course_id: CourseId) -> Counts:
        return Counts(self._learners[course_id], self._ratings.get(course_id, UNRATED))

    def _follow(self) -> None:
        # The number is read first: what changes meanwhile is at worst read twice.
        known = self._store.get(CHANGES, Changes)
        changes = known.value if known else Changes()
        changed = None if self._seen is None else changes.since(self._seen)
        if changed is None:
            lines = self._store.query(LISTINGS, "", Listing)
            self._candidates = newest_first(candidate(line.value) for line in lines)
        elif changed:
            kept = [found for found in self._candidates if found.line.course_id not in changed]
            self._candidates = newest_first([*kept, *map(self._read, set(changed))])
        self._seen = changes.number

    def _read(self, course_id: CourseId) -> Candidate:
        line = self._store.get(listing_key(course_id), Listing)
        if line is None:
            raise LookupError(f"{course_id} changed, but has no line")
        return candidate(line.value)

    def _count(self) -> None:
        now = self._clock.now()
        if self._counted_at is None or now - self._counted_at >= COUNTS_KEPT:
            self._learners = Counter[CourseId]()
            for stored in self._store.query(STATISTICS, LEARNERS, Count):
                self._learners[counted_course(stored.key)] += stored.value.count
            rated = self._store.query(STATISTICS, RATINGS, Rating)
            self._ratings = {CourseId(stored.key.sk.removeprefix(RATINGS)): stored.value for stored in rated}
            self._counted_at = now
