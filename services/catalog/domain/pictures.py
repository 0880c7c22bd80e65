"""Editors' own pictures: a course's cover, and portraits of its instructors. Everybody may see them. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.catalog.domain.ids import ContentId

MAX_PICTURE_BYTES = 500 * 1024
"""A page shows several, on phones, too."""
MAX_PICTURES = 11
"""The cover, and as many portraits as there may be instructors."""
LOOKED_AT_BYTES = 16
"""Of a file, from its beginning, to know what it is."""
FOLDER = "pictures/"

_KINDS: dict[str, Callable[[bytes], bool]] = {
    "jpg": lambda begin: begin.startswith(b"\xff\xd8\xff"),
    "png": lambda begin: begin.startswith(b"\x89PNG\r\n\x1a\n"),
    "webp": lambda begin: begin[:4] == b"RIFF" and begin[8:12] == b"WEBP",
}
ENDINGS = tuple(_KINDS)
"""The types there may be, by the ending: what every browser shows, and nothing that holds a program."""


@dataclass(frozen=True)
class Picture:
    """A picture: `instructor` is whose portrait it is; None: the course's cover."""

    instructor: str | None
    ending: str
    sha256: str
    bytes: int

    @property
    def file(self) -> str:
        """What it is stored as: named by its content, so that another one never replaces it."""
        return f"{self.sha256[:32]}.{self.ending}"

    @property
    def path(self) -> str:
        """What it is called among a lecture's files."""
        return FOLDER + self.file


def pictures_prefix(content_id: ContentId) -> str:
    """Where a course's pictures lie: an object key, and with a slash before it the public path."""
    return f"{FOLDER}{content_id}/"


def is_picture(ending: str, begin: bytes) -> bool:
    """Whether the file's bytes, of which this is the beginning, are of the type that its name says."""
    return ending in _KINDS and _KINDS[ending](begin)


def misplaced(pictures: Sequence[Picture], instructors: Sequence[str]) -> list[str]:
    """Whose portraits are of nobody who instructs, or are several; "" stands for the cover."""
    whose = [picture.instructor or "" for picture in pictures]
    return sorted({name for name in whose if whose.count(name) > 1 or (name and name not in instructors)})
