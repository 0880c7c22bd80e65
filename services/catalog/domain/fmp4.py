"""Reads fragmented MP4 (ISO/IEC 14496-12): what a lecture's tracks are, and when the samples of a segment play.

Nothing of pictures and sound is decoded: headers say it all, and they are small even where a segment is not.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, Protocol

Kind = Literal["video", "audio"]

_HEAD = 64 * 1024
"""Bytes read at a time: the headers of a segment of 20 seconds at 60 pictures a second fit."""
_MAX_HEADERS = 4 * 1024 * 1024
_KINDS: Mapping[bytes, Kind] = {b"vide": "video", b"soun": "audio"}
_VIDEO_ENTRY, _AUDIO_ENTRY = 78, 28
"""Bytes of a sample entry before the boxes in it."""
_VIDEO_SIZE = 24
"""Where a sample entry of picture has width and height."""
_AVC_PROFILES = frozenset({66, 77, 100})
"""H.264 Baseline, Main and High: 8 bits, 4:2:0."""
_MPEG4_AUDIO = 0x40
_AAC_TYPES = frozenset({2, 5, 29})
"""AAC-LC, HE-AAC and HE-AAC v2 (ISO/IEC 14496-3, table 1.17)."""
_PLAYED: Mapping[Kind, tuple[str, str, str, str]] = {
    "video": ("视频", "video", "H.264(8 位，4:2:0)", "H.264 (8 bits, 4:2:0)"),
    "audio": ("音频", "sound", "AAC", "AAC"),
}
"""What every browser plays."""
_NOT_SYNC = 0x1_0000


class InvalidMedia(Exception):
    """A file that no browser plays; the texts say why."""

    def __init__(self, message: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message, self.message_en = message, message_en


class Source(Protocol):
    """A file's bytes, wherever it lies."""

    @property
    def size(self) -> int:
        """The file's size in bytes."""

    def read(self, start: int, length: int) -> bytes:
        """Bytes from `start` on, `length` at most; fewer only where the file ends."""


@dataclass(frozen=True)
class Track:
    """Picture or sound, as the header file describes it.

    Members:
        ticks: of its clock in a second.
        codec: by RFC 6381, such as "avc1.4d401f" and "mp4a.40.2".
        width, height: of the picture.
        duration, size, flags: of a sample where a segment does not say.
    """

    track_id: int
    kind: Kind
    ticks: int
    codec: str
    width: int = 0
    height: int = 0
    duration: int = 0
    size: int = 0
    flags: int = 0


@dataclass(frozen=True)
class Span:
    """When one track's samples of a segment are decoded and shown, in seconds on the lecture's own clock."""

    decoded_from: Fraction
    decoded_to: Fraction
    shown_from: Fraction
    shown_to: Fraction
    starts_with_key: bool


@dataclass(frozen=True)
class _Box:
    name: bytes
    start: int
    """Of what is in it."""
    end: int


def read_tracks(content: bytes) -> tuple[Track, ...]:
    """The tracks that a header file (`#EXT-X-MAP`) announces: one of picture, one of sound, or both, picture first.

    Raises:
        InvalidMedia: it is none, or announces what some browsers cannot play.
    """
    boxes = list(_boxes(content, 0, len(content)))
    movie = _first(content, boxes, b"moov")
    if movie is None:
        raise InvalidMedia("不是 fMP4 文件头", "is no header of fragmented MP4")
    inside = list(_boxes(content, movie.start, movie.end))
    defaults = _defaults(content, inside)
    tracks = [_track(content, box) for box in inside if box.name == b"trak"]
    if not tracks or len({track.kind for track in tracks}) != len(tracks):
        message = "应有一路视频、一路音频，或两者各一路"
        raise InvalidMedia(message, "must announce one track of picture, one of sound, or one of each")
    if any(track.track_id not in defaults for track in tracks):
        raise InvalidMedia("不是分片 MP4 的文件头(缺少 trex)", "is no header of fragmented MP4 (trex is missing)")
    tracks.sort(key=lambda track: track.kind, reverse=True)
    return tuple(_with_defaults(track, defaults[track.track_id]) for track in tracks)


def read_spans(source: Source, tracks: tuple[Track, ...]) -> Mapping[int, Span]:
    """When a segment plays, by its tracks' ids.

    Raises:
        InvalidMedia: it is no segment of these tracks, or a part of it is missing.
    """
    known = {track.track_id: track for track in tracks}
    spans: dict[int, Span] = {}
    announced = 0
    for name, start, end, header in _top_level(source):
        if name == b"moof":
            fragments = list(_fragments(header, known))
            announced = sum(size for _, _, size in fragments)
            for track_id, span, _ in fragments:
                spans[track_id] = _joined(spans.get(track_id), span)
        elif name == b"mdat":
            if end - start < announced:
                raise InvalidMedia("片段中的数据不完整", "holds less than its header announces")
            announced = 0
    if not spans or announced:
        raise InvalidMedia("不是 fMP4 片段", "is no segment of fragmented MP4")
    return spans


def _top_level(source: Source) -> Iterator[tuple[bytes, int, int, bytes]]:
    """Name, start and end of each box of a file, and what is in a `moof`."""
    at = 0
    head_at, head = 0, source.read(0, _HEAD)
    while at < source.size:
        if at + 16 > head_at + len(head) and head_at + len(head) < source.size:
            head_at, head = at, source.read(at, _HEAD)
        box = _box(head, at - head_at, source.size - head_at)
        start, end = box.start + head_at, box.end + head_at
        content = b""
        if box.name == b"moof":
            if end - start > _MAX_HEADERS:
                raise InvalidMedia("片段的文件头过大", "has a header that is too large")
            whole = box.end <= len(head)
            content = head[box.start : box.end] if whole else source.read(start, end - start)
        yield box.name, start, end, content
        at = end


def _box(content: bytes, at: int, limit: int) -> _Box:
    """The box that begins at `at`. Raises InvalidMedia where it does not end within `limit`."""
    try:
        size, name = struct.unpack_from(">I4s", content, at)
        start = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, start)
            start += 8
    except struct.error:
        raise InvalidMedia("文件在中途结束", "ends in the middle of a box") from None
    end = limit if size == 0 else at + size
    if not start <= end <= limit or not name.isascii():
        raise InvalidMedia("文件不完整，或不是 MP4", "is cut off, or no MP4 at all")
    return _Box(name, start, end)


def _boxes(content: bytes, start: int, end: int) -> Iterator[_Box]:
    while start < end:
        box = _box(content, start, end)
        yield box
        start = box.end


def _first(content: bytes, boxes: list[_Box], *path: bytes) -> _Box | None:
    """The first box at this path below `boxes`."""
    found = next((box for box in boxes if box.name == path[0]), None)
    if found is None or len(path) == 1:
        return found
    return _first(content, list(_boxes(content, found.start, found.end)), *path[1:])


def _need(content: bytes, boxes: list[_Box], *path: bytes) -> _Box:
    found = _first(content, boxes, *path)
    if found is None:
        name = path[-1].decode()
        raise InvalidMedia(f"文件头缺少 {name}", f"is a header without {name}")
    return found


def _unpack(layout: str, content: bytes, at: int, end: int) -> tuple[int, ...]:
    if at + struct.calcsize(layout) > end:
        raise InvalidMedia("文件头不完整", "has a header that is cut off")
    return struct.unpack_from(layout, content, at)


def _defaults(content: bytes, movie: list[_Box]) -> dict[int, tuple[int, int, int]]:
    extends = _first(content, movie, b"mvex")
    if extends is None:
        return {}
    found = {}
    for box in _boxes(content, extends.start, extends.end):
        if box.name == b"trex":
            track_id, _, duration, size, flags = _unpack(">4x5I", content, box.start, box.end)
            found[track_id] = (duration, size, flags)
    return found


def _with_defaults(track: Track, defaults: tuple[int, int, int]) -> Track:
    duration, size, flags = defaults
    return replace(track, duration=duration, size=size, flags=flags)


def _track(content: bytes, box: _Box) -> Track:
    inside = list(_boxes(content, box.start, box.end))
    head, clock = _need(content, inside, b"tkhd"), _need(content, inside, b"mdia", b"mdhd")
    handler = _need(content, inside, b"mdia", b"hdlr")
    kind = _KINDS.get(content[handler.start + 8 : handler.start + 12])
    if kind is None:
        raise InvalidMedia("只能有视频和音频，不能有其他轨道", "must have picture and sound only, and no other track")
    described = _need(content, inside, b"mdia", b"minf", b"stbl", b"stsd")
    (track_id,) = _unpack(">I", content, head.start + (20 if content[head.start] else 12), head.end)
    (ticks,) = _unpack(">I", content, clock.start + (20 if content[clock.start] else 12), clock.end)
    if not ticks:
        raise InvalidMedia("时间刻度无效", "has a clock without ticks")
    entry = _entry(content, described)
    codec = _codec(content, entry, kind)
    width, height = _unpack(">2H", content, entry.start + _VIDEO_SIZE, entry.end) if kind == "video" else (0, 0)
    return Track(track_id, kind, ticks, codec, width, height)


def _entry(content: bytes, described: _Box) -> _Box:
    """The one sample entry of a `stsd`."""
    entries = list(_boxes(content, described.start + 8, described.end))
    if len(entries) != 1:
        raise InvalidMedia("每路只能有一种编码", "must have one codec in a track")
    return entries[0]


def _codec(content: bytes, entry: _Box, kind: Kind) -> str:
    """What a sample entry describes, if every browser plays it."""
    if entry.name in (b"encv", b"enca"):
        raise InvalidMedia("媒体不能加密", "must not be encrypted")
    begins = entry.start + (_VIDEO_ENTRY if kind == "video" else _AUDIO_ENTRY)
    inside = list(_boxes(content, min(begins, entry.end), entry.end))
    codec = _avc(content, entry, inside) if kind == "video" else _aac(content, entry, inside)
    if codec is None:
        shown = entry.name.decode("ascii", "replace")
        what, what_en, use, use_en = _PLAYED[kind]
        message = f"{what}编码 {shown} 不是所有浏览器都能播放，请用 {use}"
        raise InvalidMedia(message, f"has {what_en} in {shown}, which some browsers cannot play: use {use_en}")
    return codec


def _avc(content: bytes, entry: _Box, inside: list[_Box]) -> str | None:
    settings = _first(content, inside, b"avcC")
    if entry.name not in (b"avc1", b"avc3") or settings is None:
        return None
    profile, compatible, level = _unpack(">x3B", content, settings.start, settings.end)
    return f"{entry.name.decode()}.{profile:02x}{compatible:02x}{level:02x}" if profile in _AVC_PROFILES else None


def _aac(content: bytes, entry: _Box, inside: list[_Box]) -> str | None:
    settings = _first(content, inside, b"esds")
    if entry.name != b"mp4a" or settings is None:
        return None
    described = content[settings.start + 4 : settings.end]
    decoder = _descriptor(described, (3, 3), (4, 0))
    if not decoder or decoder[0] != _MPEG4_AUDIO:
        return None
    specific = _descriptor(decoder[13:], (5, 0))
    kind = specific[0] >> 3 if specific else 0
    return f"mp4a.40.{kind}" if kind in _AAC_TYPES else None


def _descriptor(content: bytes, *path: tuple[int, int]) -> bytes:
    """What the descriptors of these tags hold, one in the other (ISO/IEC 14496-1, 8.3); nothing where there is none.

    With each tag comes how many bytes lie before the next one in it.
    """
    for tag, skipped in path:
        if len(content) < 2 or content[0] != tag:
            return b""
        length, at = 0, 1
        while at < min(len(content), 5):
            length = length << 7 | content[at] & 0x7F
            at += 1
            if not content[at - 1] & 0x80:
                break
        content = content[at : at + length][skipped:]
    return content


def _fragments(header: bytes, known: Mapping[int, Track]) -> Iterator[tuple[int, Span, int]]:
    """Each track's id in a `moof`, when its samples play, and their size in bytes."""
    for box in _boxes(header, 0, len(header)):
        if box.name == b"traf":
            inside = list(_boxes(header, box.start, box.end))
            head = _need(header, inside, b"tfhd")
            track = _fragment_track(header, head, known)
            yield track.track_id, *_samples(header, inside, track)


def _fragment_track(header: bytes, head: _Box, known: Mapping[int, Track]) -> Track:
    flags, track_id = _unpack(">2I", header, head.start, head.end)
    track = known.get(track_id)
    if track is None:
        raise InvalidMedia("片段中有文件头没有的轨道", "has a track that the header file does not announce")
    at = head.start + 8 + 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2)
    said: dict[str, int] = {}
    for bit, name in ((0x8, "duration"), (0x10, "size"), (0x20, "flags")):
        if flags & bit:
            (said[name],) = _unpack(">I", header, at, head.end)
            at += 4
    return Track(**{**vars(track), **said})


def _samples(header: bytes, inside: list[_Box], track: Track) -> tuple[Span, int]:
    begin = _need(header, inside, b"tfdt")
    (decoded,) = _unpack(">Q" if header[begin.start] else ">I", header, begin.start + 4, begin.end)
    at, size, keyed = decoded, 0, None
    shown_from, shown_to = None, None
    for box in inside:
        if box.name != b"trun":
            continue
        for length, part, flags, offset in _run(header, box, track):
            keyed = not flags & _NOT_SYNC if keyed is None else keyed
            shown = at + offset
            shown_from = shown if shown_from is None else min(shown_from, shown)
            shown_to = shown + length if shown_to is None else max(shown_to, shown + length)
            at += length
            size += part
    if shown_from is None or shown_to is None:
        raise InvalidMedia("片段中没有内容", "is a segment without samples")
    seconds = [Fraction(tick, track.ticks) for tick in (decoded, at, shown_from, shown_to)]
    return Span(seconds[0], seconds[1], seconds[2], seconds[3], bool(keyed)), size


def _run(header: bytes, box: _Box, track: Track) -> Iterator[tuple[int, int, int, int]]:
    """Length in ticks, size in bytes, flags and offset of showing of each sample of a `trun`."""
    flags, count = _unpack(">2I", header, box.start, box.end)
    at = box.start + 8 + 4 * bool(flags & 0x1)
    first = track.flags
    if flags & 0x4:
        (first,) = _unpack(">I", header, at, box.end)
        at += 4
    fields = [(0x100, "I"), (0x200, "I"), (0x400, "I"), (0x800, "i" if header[box.start] else "I")]
    layout = struct.Struct(">" + "".join(form for bit, form in fields if flags & bit))
    if at + layout.size * count > box.end:
        raise InvalidMedia("文件头不完整", "has a header that is cut off")
    defaults = (track.duration, track.size, track.flags, 0)
    places = [index for index, (bit, _) in enumerate(fields) if flags & bit]
    for number in range(count):
        values = list(defaults)
        for index, value in zip(places, layout.unpack_from(header, at + number * layout.size), strict=True):
            values[index] = value
        if not number and flags & 0x4:
            values[2] = first
        yield values[0], values[1], values[2], values[3]


def _joined(before: Span | None, span: Span) -> Span:
    if before is None:
        return span
    return Span(
        min(before.decoded_from, span.decoded_from),
        max(before.decoded_to, span.decoded_to),
        min(before.shown_from, span.shown_from),
        max(before.shown_to, span.shown_to),
        before.starts_with_key,
    )
