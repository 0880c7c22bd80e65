"""Which renditions a recording is packaged in, and what the ladder of them says. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from services.catalog.domain.fmp4 import Track
from services.catalog.domain.media import MAX_SEGMENTS, PLAYLIST
from services.catalog.domain.playlist import Playlist

AUDIO = "audio"
"""The rendition of sound alone, for slow lines."""
CONVERTED = "rendition-"
"""What the names of files begin with that a service encoded: `rendition-720p.mp4`."""
STEPS = (360, 540, 720)
"""Of the ladder: the shorter side of the picture, in pixels. More adds little to slides and somebody who talks."""
NEAR = Fraction(9, 10)
"""A step that is so near to the recording's own size is left out for that."""
BITS_BY_SIDE = {360: 700_000, 540: 1_300_000, 720: 2_200_000}
"""What the picture may take a second at most; slides take a fraction of it."""
SOUND_BITS, AUDIO_BITS = 96_000, 48_000
"""Of sound a second: beside a picture, and alone."""
SPEECH_BITS = 32_000
"""Of the sound that a recognizer gets, a second."""
KEY_SECONDS = 2
"""From one key frame to the next: so far apart are the places where renditions are changed and jumps land."""
SEGMENT_SECONDS, LONG_SEGMENT_SECONDS = 6, 10
"""The longer ones where a lecture would have more segments than a playlist may."""
LOUDNESS, PEAK = -16, -1.5
"""LUFS and dBTP (EBU R 128): what streamed speech is brought to, so that lectures are equally loud."""
SLOWEST, FASTEST = 5, 30
"""Frames a second that are kept: slides need no more, and browsers seek badly in fewer."""


@dataclass(frozen=True)
class Rung:
    """A rendition with a picture: of this size, with so many bits a second at most."""

    width: int
    height: int
    bits_per_second: int

    @property
    def name(self) -> str:
        """As its folder is called: by the shorter side, also where the picture stands upright."""
        return f"{min(self.width, self.height)}p"


@dataclass(frozen=True)
class RenditionFiles:
    """A rendition as it was packaged: its name, playlist, tracks, and the sizes of its segments in bytes."""

    name: str
    playlist: Playlist
    tracks: Sequence[Track]
    sizes: Mapping[str, int]


def rungs(width: int, height: int) -> tuple[Rung, ...]:
    """The renditions of a picture of this size, the smallest first: none is larger than it."""
    side = min(width, height)
    top = min(_even(side), STEPS[-1])
    sides = [step for step in STEPS if step < top * NEAR] + [top]
    return tuple(
        Rung(_even(width * each // side), _even(height * each // side), BITS_BY_SIDE[_step(each)]) for each in sides
    )


def converted(files: Iterable[str]) -> dict[str, str]:
    """Of files that a service encoded, those of renditions, by the renditions' names."""
    return {file[len(CONVERTED) : -len(".mp4")]: file for file in files if file.startswith(CONVERTED)}


def frame_rate(found: float | None) -> float:
    """Frames a second that a recording is packaged with, the same from its beginning to its end."""
    return min(max(found or FASTEST, SLOWEST), FASTEST)


def segment_seconds(duration_ms: int) -> int:
    """How long segments are."""
    return SEGMENT_SECONDS if duration_ms <= SEGMENT_SECONDS * (MAX_SEGMENTS - 1) * 1000 else LONG_SEGMENT_SECONDS


def write_ladder(renditions: Sequence[RenditionFiles]) -> str:
    """The multivariant playlist that leads to these renditions, in this order."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rendition in renditions:
        lines += [f"#EXT-X-STREAM-INF:{_attributes(rendition)}", f"{rendition.name}/{PLAYLIST}"]
    return "\n".join([*lines, ""])


def _attributes(rendition: RenditionFiles) -> str:
    lengths = dict(zip(rendition.playlist.segments, map(float, rendition.playlist.lengths), strict=True))
    bits = {name: rendition.sizes[name] * 8 for name in lengths}
    # As RFC 8216 has it, what is shorter than half a segment says nothing of the rate.
    peak = max(bits[name] / length for name, length in lengths.items() if 2 * length >= max(lengths.values()))
    mean = sum(bits.values()) / sum(lengths.values())
    codecs = ",".join(track.codec for track in rendition.tracks)
    picture = next((track for track in rendition.tracks if track.kind == "video"), None)
    size = f",RESOLUTION={picture.width}x{picture.height}" if picture else ""
    return f'BANDWIDTH={round(peak)},AVERAGE-BANDWIDTH={round(mean)},CODECS="{codecs}"{size}'


def _step(side: int) -> int:
    return next((step for step in STEPS if side <= step), STEPS[-1])


def _even(pixels: int) -> int:
    """H.264 in 4:2:0 has pairs of pixels."""
    return pixels // 2 * 2
