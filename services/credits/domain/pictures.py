"""A picture as it is kept: a JPEG, and nothing beside what it takes to show it."""

import re
from collections.abc import Iterator

MOST_BYTES = 4 * 1024 * 1024
"""Of a picture: an answer of a function has 6 MB, a third of which base64 takes. A sheet of A4 takes a tenth."""
MOST_PIXELS = 50_000_000
"""A small file can be a picture that takes gigabytes to show."""

_START, _END = b"\xff\xd8", 0xD9
_SCAN = 0xDA
_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended and progressive: what browsers show."""
_TABLES = {0xC4, 0xDB, 0xDD}
_APPLICATIONS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""What says how colours are meant. All others are notes: of the place, the device, the time, smaller pictures."""
_NOTES = {*range(0xE0, 0xF0), 0xFE}
_AFTER_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")


class NotPicture(ValueError):
    """These bytes are no JPEG that a browser shows."""


def clean_jpeg(content: bytes) -> bytes:
    """The same picture without the notes of cameras and programs, and without what stands behind its end.

    It is told by its bytes, whatever it was called. What turns it (Exif's orientation) is a note too: whoever sends a
    picture has turned it.

    Raises:
        NotPicture: it is none, it breaks off, or it has too many pixels.
    """
    if not content.startswith(_START):
        raise NotPicture("does not begin as a JPEG")
    kept = [_START]
    frames = scans = 0
    for marker, segment in _segments(content):
        if marker in _FRAMES:
            frames += 1
            _check_frame(segment)
        scans += marker == _SCAN
        if marker not in _NOTES or segment[4:].startswith(_APPLICATIONS.get(marker, b"\xff")):
            kept.append(segment)
    if frames != 1 or not scans:
        raise NotPicture("has not one frame with scans")
    return b"".join([*kept, bytes([0xFF, _END])])


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment up to the end's marker, a scan's with all that is scanned."""
    at = len(_START)
    while True:
        while content[at : at + 2] == b"\xff\xff":
            at += 1
        if content[at : at + 1] != b"\xff" or at + 1 >= len(content):
            raise NotPicture("breaks off")
        marker = content[at + 1]
        if marker == _END:
            return
        if marker not in {*_FRAMES, *_TABLES, *_NOTES, _SCAN}:
            raise NotPicture(f"has a segment of type {marker:02x}")
        length = int.from_bytes(content[at + 2 : at + 4])
        end = at + 2 + length
        if marker == _SCAN:
            found = _AFTER_SCAN.search(content, end)
            end = found.start() if found else len(content)
        if length < 2 or end > len(content):
            raise NotPicture("breaks off")
        yield marker, content[at:end]
        at = end


def _check_frame(segment: bytes) -> None:
    height, width = int.from_bytes(segment[5:7]), int.from_bytes(segment[7:9])
    if not 0 < height * width <= MOST_PIXELS:
        raise NotPicture(f"has {width} by {height} pixels")
