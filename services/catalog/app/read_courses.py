"""What everybody may read."""

from services.catalog.app.items import LISTINGS, listing_key, publication_key
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.domain.publication import Listing, Publication
from services.kit.store import Store


class ReadCourses:
    """Reads the list of courses and single courses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def listings(self) -> list[Listing]:
        """Every course's line, the newest first."""
        found = [stored.value for stored in self._store.query(LISTINGS, "", Listing)]
        return sorted(found, key=lambda line: (line.published_on, line.course_id), reverse=True)

    def current(self, course_id: str) -> Publication:
        """The course's current publication. Raises COURSE_NOT_FOUND."""
        publication = find_current(self._store, course_id)
        if publication is None:
            raise COURSE_NOT_FOUND.problem()
        return publication


def find_current(store: Store, course_id: str) -> Publication | None:
    """The course's current publication, if it has one."""
    line = store.get(listing_key(course_id), Listing)
    if line is None:
        return None
    stored = store.get(publication_key(course_id, line.value.publication), Publication)
    return stored.value if stored else None
