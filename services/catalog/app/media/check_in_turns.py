"""Checks a long lecture in several calls: what one has read of its segments is kept for the next.

Reading the headers of a segment takes a function some two milliseconds of its CPU, so that it reads a few thousand
within a call, and a ladder of eight hours has twelve thousand. What is kept is true for as long as the lecture is: a
content version's name follows from its files, and none of them is ever replaced.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from services.catalog.app.context import ProductionContext
from services.catalog.app.media.manifest import Length, Manifest, verify_lecture
from services.catalog.app.media.problems import MEDIA_BEING_CHECKED
from services.catalog.app.ports import MediaBucket
from services.catalog.domain.playable import Each, Spans, Unplayable
from services.kit.store.codec import decode, encode

FOLDER = "productions/checked/1/"
"""Where it is kept, under another number whenever something else is read of a segment."""
TURN = timedelta(seconds=3)
"""How long a call reads. Listing the files, and putting together what was read, take up to as much of its ten."""
AT_A_TIME = 200
"""Segments read between two looks at the clock, and kept together."""


@dataclass(frozen=True)
class _Read:
    """What was read of some segments."""

    found: tuple[Spans | Unplayable, ...]


def checked_in_turns(ctx: ProductionContext) -> Length:
    """Measures as `measured_length` does; raises MEDIA_BEING_CHECKED where another call has to go on."""

    def length(bucket: MediaBucket, manifest: Manifest) -> int:
        turn = _Turn(ctx, f"{FOLDER}{manifest.prefix}", len(manifest.files))
        return verify_lecture(bucket, manifest.prefix, manifest.files, turn.keeping).duration_ms

    return length


class _Turn:
    """One call's part of the work."""

    def __init__(self, ctx: ProductionContext, folder: str, files: int) -> None:
        self._files, self._clock, self._folder = ctx.files, ctx.clock, folder
        self._until = ctx.clock.now() + TURN
        self._all, self._passed, self._has_read = files, 0, False

    def keeping(self, each: Each) -> Each:
        """Reads as `each` does, but for what is kept."""

        def read_all(read: Callable[[str], Spans | Unplayable], paths: Iterable[str]) -> Iterator[Spans | Unplayable]:
            wanted = list(paths)
            for begin in range(0, len(wanted), AT_A_TIME):
                yield from self._read(each, read, wanted[begin : begin + AT_A_TIME])

        return read_all

    def _read(
        self, each: Each, read: Callable[[str], Spans | Unplayable], paths: list[str]
    ) -> tuple[Spans | Unplayable, ...]:
        if self._has_read and self._clock.now() >= self._until:
            raise MEDIA_BEING_CHECKED.problem(checked=self._passed, files=self._all)
        key = f"{self._folder}{paths[0]}.json"
        found = self._found_before(key)
        # Code before or after this may read another number of them at a time.
        if found is None or len(found) != len(paths):
            found, self._has_read = tuple(each(read, paths)), True
            self._files.put(key, encode(_Read(found)).encode())
        self._passed += len(paths)
        return found

    def _found_before(self, key: str) -> tuple[Spans | Unplayable, ...] | None:
        """None where there is nothing, or nothing that can be read."""
        try:
            return decode(self._files.read(key).decode(), _Read).found
        except (KeyError, ValueError):
            return None
