"""Searches the catalogue by the index that the minute's run keeps, and by what changed since."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.catalog.app.courses.items import LISTINGS, listing_key
from services.catalog.app.ports import SearchFiles
from services.catalog.app.search.files import INDEX, TALLY, Tally, index_of, read_index, read_tally, tally_of
from services.catalog.app.search.items import CHANGES, Changes
from services.catalog.domain.completions import Completions, complete
from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Listing
from services.catalog.domain.search import Part, SearchQuery, SearchResult, list_newest, select
from services.catalog.domain.search_index import Index
from services.kit.clock import Clock
from services.kit.store import Page, Store, read_or
from services.kit.store.pages import every

LOOKED_AT = timedelta(seconds=30)
"""How long the files are not looked at. They are made once a minute, so counts are a minute and a half old at most; a
course's own page counts exactly."""


class CourseIndex:
    """The index in memory, and beside it a small one of the courses that changed since it was made.

    Each search asks the table whether anything changed. So what is published or withdrawn shows at once, however late
    the index is; where there is none, or it is too far behind, one is made here of all lines.
    """

    def __init__(self, store: Store, clock: Clock, files: SearchFiles) -> None:
        self._store = store
        self._clock = clock
        self._files = files
        self._tags = {INDEX: "", TALLY: ""}
        self._index: Index | None = None
        self._tally: Tally | None = None
        self._looked_at: datetime | None = None
        self._seen = 0
        self._recent: dict[CourseId, Listing] = {}
        self._parts: list[Part] = []

    def find(self, query: SearchQuery) -> SearchResult:
        """One page of the courses found, as the catalogue is now. Costs one read, unless something changed."""
        parts = self._follow()
        return select(parts, query, self._counted().counts)

    def complete(self, text: str) -> Completions:
        """What goes on from the text; costs what a search does."""
        return complete(self._follow(), text)

    def newest(self, after: str, limit: int) -> Page[Listing]:
        """A page of all courses; costs what a search does."""
        return Page(*list_newest(self._follow(), after, limit))

    def _follow(self) -> list[Part]:
        self._look()
        # The number is read first: what changes meanwhile is at worst read twice.
        changes = read_or(self._store, CHANGES, Changes()).value
        index, changed = self._index, changes.since(self._seen)
        if index is None or changed is None:
            index = self._take(read_index(self._made_here(changes.number)))
        elif changed:
            self._recent |= self._read(changed)
        if changes.number != self._seen or not self._parts:
            self._seen = changes.number
            self._parts = self._joined(index)
        return self._parts

    def _look(self) -> None:
        """Takes the files where they are others than before."""
        now = self._clock.now()
        if self._looked_at is not None and now - self._looked_at < LOOKED_AT:
            return
        self._looked_at = now
        counted = self._changed(TALLY)
        if counted or not self._tags[TALLY]:
            self._tally = read_tally(counted) if counted else None
        if (self._index is None or counted) and (content := self._changed(INDEX)):
            self._take(read_index(content))

    def _changed(self, name: str) -> bytes | None:
        found = self._files.get(name, self._tags[name])
        if found is None:
            return None
        self._tags[name] = found.tag
        return found.content

    def _take(self, index: Index) -> Index:
        self._index, self._seen, self._recent, self._parts = index, index.number, {}, []
        return index

    def _made_here(self, number: int) -> bytes:
        lines = (stored.value for stored in every(self._store, LISTINGS, "", Listing))
        return index_of(lines, number)

    def _joined(self, index: Index) -> list[Part]:
        if not self._recent:
            return [Part(index)]
        recent = read_index(index_of(self._recent.values(), self._seen, index.spelling))
        return [Part(index, index.slots_of(self._recent)), Part(recent)]

    def _read(self, courses: Iterable[CourseId]) -> dict[CourseId, Listing]:
        keys = {listing_key(course_id): course_id for course_id in courses}
        read = self._store.get_many(keys)
        lines = {course_id: read.get(key, Listing) for key, course_id in keys.items()}
        if missing := [course_id for course_id, line in lines.items() if line is None]:
            raise LookupError(f"{', '.join(missing)} changed, but have no line")
        return {course_id: line.value for course_id, line in lines.items() if line}

    def _counted(self) -> Tally:
        # Where nothing keeps the files yet, it is counted here, as seldom as they are looked at.
        if self._tally is None:
            self._tally = tally_of(self._store, self._seen, self._clock.now())
        return self._tally
