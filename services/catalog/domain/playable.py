"""Whether a lecture's files play to its end, and as its playlist says.

Whoever watches is credited by the playlist's length. Where less is there, nobody can ever finish; where a part is
missing, the player stands still before it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from services.catalog.domain.fmp4 import InvalidMedia, Source, Span, Track, read_spans, read_tracks
from services.catalog.domain.media import PLAYLIST
from services.catalog.domain.playlist import Playlist
from services.catalog.domain.presentation import Presentation, Rendition, Variant

Open = Callable[[str], Source]
"""Opens one of the playlist's files by its name."""
Spans = dict[int, Span]
Each = Callable[[Callable[[str], "Spans | Unplayable"], Iterable[str]], Iterator["Spans | Unplayable"]]
"""Applies a function to each path of a segment, in their order: `map`, or an executor's."""

GAP = Fraction(1, 4)
"""Seconds that may be missing, or be there twice, between two segments: players step over so much."""
DRIFT = Fraction(1, 2)
"""Seconds by which a segment may begin earlier or later than the sum of the lengths before it."""
TAIL = Fraction(1)
"""Seconds by which picture or sound may end apart from the playlist."""
SPREAD = Fraction(1)
"""Seconds by which one rendition may be longer than another."""
_MAX_INIT_BYTES = 1024 * 1024
_NAMES = {"video": ("画面", "picture"), "audio": ("声音", "sound")}


@dataclass(frozen=True)
class Unplayable:
    """What is wrong with one of the files."""

    file: str
    message: str
    message_en: str


def check_playable(presentation: Presentation, open_file: Open, each: Each = map) -> list[Unplayable]:
    """Everything that keeps the files from being watched to the end, in every browser that learners use."""
    rungs = [_Rung(rendition, open_file, each) for rendition in presentation.renditions]
    faults = [fault for rendition in rungs for fault in rendition.check()]
    return faults or [*_lengths(presentation), *_sounds(rungs)]


def _lengths(presentation: Presentation) -> Iterator[Unplayable]:
    """Whoever changes to another rendition goes on where they are, and every one is watched to the recorded length."""
    shortest = presentation.duration_ms
    for rendition in presentation.renditions:
        longer = rendition.playlist.duration_ms - shortest
        if longer > SPREAD * 1000:
            shown = _seconds(Fraction(longer, 1000))
            message = f"比最短的清晰度长 {shown} 秒，各清晰度应一样长"
            message_en = f"is {shown} s longer than the shortest rendition, and all must be of one length"
            yield Unplayable(rendition.folder + PLAYLIST, message, message_en)


def _sounds(rungs: Sequence["_Rung"]) -> Iterator[Unplayable]:
    """The player changes renditions by itself: what has sound must keep it."""
    heard = [any(track.kind == "audio" for track in rendition.tracks) for rendition in rungs]
    for rendition, sound in zip(rungs, heard, strict=True):
        if any(heard) and not sound:
            message, message_en = "没有声音，而别的清晰度有", "has no sound, but other renditions have"
            yield Unplayable(rendition.folder + rendition.playlist.init, message, message_en)


class _Rung:
    """A rendition, whose header file is read as it is checked."""

    def __init__(self, rendition: Rendition, open_file: Open, each: Each) -> None:
        self.folder, self.playlist = rendition.folder, rendition.playlist
        self.tracks: tuple[Track, ...] = ()
        self._announced = rendition.announced
        self._open, self._each = open_file, each

    def check(self) -> list[Unplayable]:
        """What is wrong with this rendition."""
        try:
            header = self._open(self.folder + self.playlist.init)
            self.tracks = read_tracks(header.read(0, _MAX_INIT_BYTES))
        except InvalidMedia as invalid:
            return [Unplayable(self.folder + self.playlist.init, invalid.message, invalid.message_en)]
        read = list(self._each(self._read, [self.folder + name for name in self.playlist.segments]))
        broken = [found for found in read if isinstance(found, Unplayable)]
        spans = [found for found in read if not isinstance(found, Unplayable)]
        untrue = list(self._untrue(self._announced)) if self._announced else []
        return untrue + (broken or [self._placed(fault) for fault in _Line(self.playlist, self.tracks).check(spans)])

    def _untrue(self, announced: Variant) -> Iterator[Unplayable]:
        """Browsers choose by what the ladder says, before they have seen anything."""
        codecs = frozenset(track.codec for track in self.tracks)
        if announced.codecs != codecs:
            said, are = ",".join(sorted(announced.codecs)), ",".join(sorted(codecs))
            message, message_en = f"CODECS 写的是 {said}，文件却是 {are}", f"CODECS says {said}, but it is {are}"
            yield Unplayable(self.folder + self.playlist.init, message, message_en)
        size = next(((track.width, track.height) for track in self.tracks if track.kind == "video"), None)
        if announced.size != size:
            said, are = _size(announced.size), _size(size)
            message, message_en = (
                f"RESOLUTION 写的是 {said}，文件却是 {are}",
                f"RESOLUTION says {said}, but it is {are}",
            )
            yield Unplayable(self.folder + self.playlist.init, message, message_en)

    def _read(self, path: str) -> Spans | Unplayable:
        try:
            return dict(read_spans(self._open(path), self.tracks))
        except InvalidMedia as invalid:
            return Unplayable(path, invalid.message, invalid.message_en)

    def _placed(self, fault: Unplayable) -> Unplayable:
        return replace(fault, file=self.folder + fault.file)


@dataclass(frozen=True)
class _Line:
    """Follows the lecture from segment to segment. Of each fault the first place is told, where the rest follow."""

    playlist: Playlist
    tracks: tuple[Track, ...]

    def check(self, spans: Sequence[Spans]) -> list[Unplayable]:
        leader = self.tracks[0]
        leading = [found.get(leader.track_id) for found in spans]
        led = [span for span in leading if span]
        if len(led) < len(leading):
            return [Unplayable(self.playlist.segments[leading.index(None)], *_absent(leader))]
        begin = led[0].shown_from
        lines = {track: [found.get(track.track_id) for found in spans] for track in self.tracks}
        gaps = [fault for track, line in lines.items() for fault in islice(self._gaps(track, begin, line), 1)]
        keys = list(islice(self._keys(leader, led), 1))
        if gaps:
            return keys + gaps
        places = list(islice(self._places([span.shown_from - begin for span in led]), 1))
        return keys + (places or [fault for track, line in lines.items() for fault in self._ends(track, begin, line)])

    def _keys(self, leader: Track, spans: Iterable[Span]) -> Iterator[Unplayable]:
        for name, span in zip(self.playlist.segments, spans, strict=True):
            if leader.kind == "video" and not span.starts_with_key:
                yield Unplayable(name, "必须以关键帧开始", "must begin with a key frame")

    def _gaps(self, track: Track, begin: Fraction, spans: Iterable[Span | None]) -> Iterator[Unplayable]:
        """Encoders put sound into a segment earlier than its picture, so a segment may have none of its own."""
        ends = begin
        for name, span in zip(self.playlist.segments, spans, strict=True):
            if span and abs(span.decoded_from - ends) > GAP:
                yield Unplayable(name, *_gap(track, span.decoded_from - ends))
            ends = span.decoded_to if span else ends

    def _places(self, begins: Iterable[Fraction]) -> Iterator[Unplayable]:
        told = Fraction(0)
        for name, length, begin in zip(self.playlist.segments, self.playlist.lengths, begins, strict=True):
            if abs(begin - told) > DRIFT:
                message = f"从第 {_seconds(begin)} 秒开始，播放列表此前的时长之和却是 {_seconds(told)} 秒"
                message_en = f"begins at {_seconds(begin)} s, but the lengths before it add up to {_seconds(told)} s"
                yield Unplayable(name, message, message_en)
            told += Fraction(length)

    def _ends(self, track: Track, begin: Fraction, spans: Iterable[Span | None]) -> Iterator[Unplayable]:
        ends = max((span.decoded_to for span in spans if span), default=begin) - begin
        told = sum(map(Fraction, self.playlist.lengths), Fraction(0))
        if abs(ends - told) > TAIL:
            what, what_en = _NAMES[track.kind]
            message = f"{what}在第 {_seconds(ends)} 秒结束，播放列表的总时长却是 {_seconds(told)} 秒"
            message_en = f"{what_en} ends at {_seconds(ends)} s, but the playlist is {_seconds(told)} s long"
            yield Unplayable(self.playlist.segments[-1], message, message_en)


def _absent(track: Track) -> tuple[str, str]:
    what, what_en = _NAMES[track.kind]
    return f"没有{what}", f"has no {what_en}"


def _gap(track: Track, seconds: Fraction) -> tuple[str, str]:
    shown, (what, what_en) = _seconds(abs(seconds)), _NAMES[track.kind]
    if seconds > 0:
        return f"之前缺少 {shown} 秒{what}", f"{shown} s of {what_en} are missing before it"
    message = f"有 {shown} 秒{what}在之前的片段中已出现，顺序可能有误"
    return message, f"{shown} s of its {what_en} were in segments before it already: are they in order?"


def _size(size: tuple[int, int] | None) -> str:
    return f"{size[0]}x{size[1]}" if size else "-"


def _seconds(value: Fraction) -> str:
    return f"{float(value):.2f}"
