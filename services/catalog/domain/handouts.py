"""Handouts: files that an editor brings with a lecture, for who may watch it. Pure."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

MAX_HANDOUTS = 10
MAX_HANDOUT_BYTES = 20 * 1024 * 1024
MAX_NAME = 80
LOOKED_AT_BYTES = 4096
"""Of a file, from its beginning, to know what it is."""

_UNSEEN = r"/\\\x00-\x1f\x7f<>:\"|?*\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
NAME_PATTERN = rf"[^\s.{_UNSEEN}][^{_UNSEEN}]*\.(pdf|png|jpg|docx|pptx|xlsx)"
"""A file's name: what every system can store, with nothing that turns the direction of writing."""

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": f"{_OPEN_XML}wordprocessingml.document",
    "pptx": f"{_OPEN_XML}presentationml.presentation",
    "xlsx": f"{_OPEN_XML}spreadsheetml.sheet",
}
"""The types there may be, by the ending: what people open by a double click, and nothing that is a program."""

_BEGINNINGS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
_ZIPPED = b"PK\x03\x04"


@dataclass(frozen=True)
class Handout:
    """A file by the name that people see, its SHA-256 in hexadecimal and its size."""

    name: str
    sha256: str
    bytes: int

    @property
    def ending(self) -> str:
        """What its name ends with, which says its type."""
        return self.name.rpartition(".")[2]

    @property
    def path(self) -> str:
        """Where it lies beside the media: under its name and content, so that neither ever changes what is stored."""
        told = hashlib.sha256(f"{self.name}\n{self.sha256}".encode()).hexdigest()
        return f"handouts/{told[:16]}.{self.ending}"

    @property
    def disposition(self) -> str:
        """The header that has browsers save it under its name (RFC 6266, RFC 8187)."""
        return f"attachment; filename*=UTF-8''{quote(self.name, safe='')}"


def is_named_rightly(name: str) -> bool:
    """Whether a file may have this name."""
    return len(name) <= MAX_NAME and re.fullmatch(NAME_PATTERN, name) is not None


def is_what_it_says(name: str, begin: bytes) -> bool:
    """Whether the file's bytes, of which this is the beginning, are of the type that its name says.

    Office's files are archives, which name the type's folder, or the list of contents, near their beginning.
    """
    ending = name.rpartition(".")[2]
    if ending in _BEGINNINGS:
        return begin.startswith(_BEGINNINGS[ending])
    return begin.startswith(_ZIPPED) and (b"[Content_Types].xml" in begin or b"_rels/.rels" in begin)


def twice_named(handouts: Sequence[Handout]) -> list[str]:
    """Names that several have, whatever their capitals: on some systems they would be one file."""
    names = [handout.name.casefold() for handout in handouts]
    return sorted({name for name in names if names.count(name) > 1})
