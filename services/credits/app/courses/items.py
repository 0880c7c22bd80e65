"""Where courses lie."""

from collections.abc import Iterable, Iterator

from services.credits.domain.courses import CourseVersion
from services.credits.domain.ids import CourseId
from services.kit.kinds import NOTHING, stored
from services.kit.store import MAX_BATCH_ITEMS, Key, Store


@stored(shape=1, personal=NOTHING)
class PublishedVersion:
    """Which content version of a course was published last (`sequence`)."""

    content_version: str
    sequence: int


def course_key(course_id: CourseId, content_version: str) -> Key:
    """Our view of one content version of a course."""
    return Key(f"COURSE#{course_id}", f"VERSION#{content_version}")


def published_key(course_id: CourseId) -> Key:
    """What names the version that was published last."""
    return Key(f"COURSE#{course_id}", "PUBLISHED")


def published_versions(store: Store, course_ids: Iterable[CourseId]) -> dict[CourseId, str]:
    """The content version of each course that was published last, of those that are known."""
    found = {}
    for some in _batches(course_ids):
        named = store.get_many(map(published_key, some))
        for course_id in some:
            stored = named.get(published_key(course_id), PublishedVersion)
            version = stored.value.content_version if stored else _newest(store, course_id)
            if version is not None:
                found[course_id] = version
    return found


def _newest(store: Store, course_id: CourseId) -> str | None:
    """Of a course that was published last while no such item was written."""
    versions = [stored.value for stored in store.query(f"COURSE#{course_id}", "VERSION#", CourseVersion)]
    return max(versions, key=lambda version: version.sequence).content_version if versions else None


def _batches(course_ids: Iterable[CourseId]) -> Iterator[list[CourseId]]:
    distinct = list(dict.fromkeys(course_ids))
    return (distinct[begin : begin + MAX_BATCH_ITEMS] for begin in range(0, len(distinct), MAX_BATCH_ITEMS))
