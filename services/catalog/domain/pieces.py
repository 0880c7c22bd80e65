"""A lecture's sound in pieces, for recognizers that take no long files. Pure."""

from collections.abc import Iterable, Iterator, Sequence

FOLDER = "sound/"
"""Where they lie in the folder of a packaged lecture, each named by the millisecond that it begins with."""
LONGEST_MS = 10 * 60_000
"""Of a piece: 2.4 MB, and what a recognizer that is three times as fast as speech does within its three minutes."""


def cuts(pauses: Sequence[tuple[int, int]], duration_ms: int) -> Iterator[int]:
    """Where to cut, in milliseconds: in the last pause of a piece's second half; where there is none, at its end."""
    at = 0
    while duration_ms - at > LONGEST_MS:
        middles = [(begin + end) // 2 for begin, end in pauses]
        within = [middle for middle in middles if at + LONGEST_MS // 2 < middle <= at + LONGEST_MS]
        at = max(within, default=at + LONGEST_MS)
        yield at


def piece_name(start_ms: int) -> str:
    """How a piece is called in its folder."""
    return f"{start_ms}.m4a"


def pieces_of(paths: Iterable[str]) -> list[tuple[int, str]]:
    """The pieces among the files of a packaged lecture, in order: when each begins, and its path."""
    found = [path for path in paths if path.startswith(FOLDER)]
    return sorted((int(path.removeprefix(FOLDER).removesuffix(".m4a")), path) for path in found)
