"""What the use cases need from outside, besides the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from services.catalog.domain.search import SearchQuery, SearchResult


@dataclass(frozen=True)
class Upload:
    """Where and how to put one file: an HTTP PUT to `url` with exactly these headers."""

    path: str
    url: str
    headers: Mapping[str, str]


class MediaBucket(Protocol):
    """Where media lie. Nothing in it is ever replaced: an upload to an existing key is refused."""

    def sizes(self, prefix: str) -> dict[str, int]:
        """The stored files' sizes in bytes, by their path after `prefix`."""

    def read(self, key: str) -> bytes:
        """A stored file's bytes. Raises KeyError if there is none."""

    def upload(self, prefix: str, path: str, sha256: str, size: int) -> Upload:
        """Permission, for 15 minutes, to store exactly the file of this SHA-256 (hexadecimal) and size."""


class CourseSearch(Protocol):
    """Finds courses. Nothing of it says how, so that an engine of its own can take over from `adapters/course_scan`."""

    def find(self, query: SearchQuery) -> SearchResult:
        """One page of the published courses that answer the question; a course withdrawn is not found."""
