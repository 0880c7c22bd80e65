"""Makes the smallest fragmented MP4 that our rules take: headers as an encoder writes them, and samples of zeros."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

TICKS = 1000
"""Of each track's clock in a second."""
NOT_SYNC = 0x1_0000


def box(name: bytes, *parts: bytes) -> bytes:
    """A box with these parts in it."""
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), name) + content


def full(name: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box that begins with version and flags."""
    return box(name, struct.pack(">I", version << 24 | flags), *parts)


def avc(
    name: bytes = b"avc1", profile: int = 77, settings: bytes = b"avcC", size: tuple[int, int] = (1280, 720)
) -> bytes:
    """How a track in H.264 is described."""
    return box(
        name,
        bytes(24),
        struct.pack(">2H", *size),
        bytes(50),
        box(settings, bytes((1, profile, 0x40, 31, 0xFF, 0xE1, 0))),
    )


def aac(name: bytes = b"mp4a", kind: int = 2, object_type: int = 0x40) -> bytes:
    """How a track in AAC is described: descriptors in one another, lengths in four bytes as FFmpeg writes them."""
    specific = bytes((5, 0x80, 0x80, 0x80, 2, kind << 3 | 1, 0x88))
    decoder = bytes((4, 0x80, 0x80, 0x80, 13 + len(specific), object_type)) + bytes(12) + specific
    whole = bytes((3, 0x80, 0x80, 0x80, 3 + len(decoder), 0, 2, 0)) + decoder
    return box(name, bytes(28), full(b"esds", 0, 0, whole))


@dataclass(frozen=True)
class Bytes:
    """A file in memory, as what reads fragmented MP4 sees one."""

    content: bytes

    @property
    def size(self) -> int:
        """The file's size in bytes."""
        return len(self.content)

    def read(self, start: int, length: int) -> bytes:
        """Bytes from `start` on, `length` at most."""
        return self.content[start : start + length]


@dataclass(frozen=True)
class Made:
    """A track to be made, by its id, handler and description."""

    track_id: int
    handler: bytes
    described: bytes


VIDEO = Made(1, b"vide", avc())
AUDIO = Made(2, b"soun", aac())


def init(*tracks: Made, extended: bool = True) -> bytes:
    """A header file of these tracks; without `extended` it is one of a file that is not fragmented."""
    extends = box(b"mvex", *(full(b"trex", 0, 0, struct.pack(">5I", t.track_id, 1, 0, 0, 0)) for t in tracks))
    return box(b"ftyp", b"iso6") + box(b"moov", *(_track(track) for track in tracks), extends if extended else b"")


def _track(track: Made) -> bytes:
    table = box(b"stbl", full(b"stsd", 0, 0, struct.pack(">I", 1), track.described))
    clock = full(b"mdhd", 0, 0, struct.pack(">4I", 0, 0, TICKS, 0))
    handler = full(b"hdlr", 0, 0, struct.pack(">I4s", 0, track.handler))
    head = full(b"tkhd", 0, 0, struct.pack(">3I", 0, 0, track.track_id))
    return box(b"trak", head, box(b"mdia", clock, handler, box(b"minf", table)))


@dataclass(frozen=True)
class Part:
    """One track's samples of a segment: of equal length, from `start` on, in milliseconds."""

    start: int
    length: int
    samples: int = 1
    track: Made = VIDEO
    key: bool = True


def segment(*parts: Part, size: int = 4) -> bytes:
    """A segment of these parts, with samples of `size` bytes each."""
    count = sum(part.samples for part in parts)
    return box(b"moof", *(_part(part, size) for part in parts)) + box(b"mdat", bytes(count * size))


def _part(part: Part, size: int) -> bytes:
    flags = 0 if part.key else NOT_SYNC
    samples: Sequence[bytes] = [struct.pack(">2I", part.length // part.samples, size)] * part.samples
    run = full(b"trun", 0, 0x304, struct.pack(">2I", part.samples, flags), *samples)
    begin = full(b"tfdt", 1, 0, struct.pack(">Q", part.start))
    return box(b"traf", full(b"tfhd", 0, 0x20000, struct.pack(">I", part.track.track_id)), begin, run)


def both(start: int, length: int, samples: int = 1) -> bytes:
    """A segment of picture and sound."""
    return segment(Part(start, length, samples), Part(start, length, samples, AUDIO))
