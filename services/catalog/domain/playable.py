"""Whether a lecture's files play to its end, and as its playlist says.

Whoever watches is credited by the playlist's length. Where less is there, nobody can ever finish; where a part is
missing, the player stands still before it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from services.catalog.domain.fmp4 import InvalidMedia, Source, Span, Track, read_spans, read_tracks
from services.catalog.domain.playlist import Playlist

Open = Callable[[str], Source]
"""Opens one of the playlist's files by its name."""
Spans = dict[int, Span]
Each = Callable[[Callable[[str], "Spans | Unplayable"], Iterable[str]], Iterator["Spans | Unplayable"]]
"""Applies a function to each name, in order of the names: `map`, or an executor's."""

GAP = Fraction(1, 4)
"""Seconds that may be missing, or be there twice, between two segments: players step over so much."""
DRIFT = Fraction(1, 2)
"""Seconds by which a segment may begin earlier or later than the sum of the lengths before it."""
TAIL = Fraction(1)
"""Seconds by which picture or sound may end apart from the playlist."""
_MAX_INIT_BYTES = 1024 * 1024
_NAMES = {"video": ("画面", "picture"), "audio": ("声音", "sound")}


@dataclass(frozen=True)
class Unplayable:
    """What is wrong with one of the files."""

    file: str
    message: str
    message_en: str


def check_playable(playlist: Playlist, open_file: Open, each: Each = map) -> list[Unplayable]:
    """Everything that keeps the files from being watched to the end, in every browser that learners use."""
    try:
        source = open_file(playlist.init)
        tracks = read_tracks(source.read(0, _MAX_INIT_BYTES))
    except InvalidMedia as invalid:
        return [_unplayable(playlist.init, invalid)]
    read = list(each(lambda name: _read(name, open_file, tracks), playlist.segments))
    broken = [found for found in read if isinstance(found, Unplayable)]
    spans = [found for found in read if not isinstance(found, Unplayable)]
    return broken or _Line(playlist, tracks).check(spans)


def _read(name: str, open_file: Open, tracks: tuple[Track, ...]) -> Spans | Unplayable:
    try:
        return dict(read_spans(open_file(name), tracks))
    except InvalidMedia as invalid:
        return _unplayable(name, invalid)


def _unplayable(name: str, invalid: InvalidMedia) -> Unplayable:
    return Unplayable(name, invalid.message, invalid.message_en)


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


def _seconds(value: Fraction) -> str:
    return f"{float(value):.2f}"
