"""What keeps a lecture from being watched to its end."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.fmp4 import InvalidMedia, Source, read_spans, read_tracks
from services.catalog.domain.playable import check_playable
from services.catalog.domain.playlist import Playlist
from services.catalog.domain.presentation import Presentation, Rendition, read_presentation
from tests.fakes.fmp4 import AUDIO, VIDEO, Bytes, Made, Part, aac, avc, both, box, init, segment

DEMO_COURSES = Path("demo/courses")
PARTS = {"a.m4s": both(0, 4_000, samples=8), "b.m4s": both(4_000, 4_000, samples=8), "c.m4s": both(8_000, 2_500)}
LENGTHS = ("4", "4", "2.5")
BOTH = init(VIDEO, AUDIO)
WHAT = ("picture", "sound")


def playlist(lengths: tuple[str, ...] = LENGTHS, names: tuple[str, ...] = tuple(PARTS)) -> Playlist:
    """What announces three segments."""
    told = tuple(Decimal(length) for length in lengths)
    return Playlist(int(sum(told) * 1000), "init.mp4", names, told)


def faults(header: bytes = BOTH, announced: Playlist | None = None, **changed: bytes) -> list[tuple[str, str]]:
    """What is wrong with a sound lecture after these segments changed, by file."""
    files: Mapping[str, bytes] = {"init.mp4": header, **PARTS, **{f"{name}.m4s": it for name, it in changed.items()}}
    presentation = Presentation((Rendition(announced or playlist()),))
    found = check_playable(presentation, lambda name: Bytes(files[name]))
    return [(fault.file, fault.message_en) for fault in found]


def test_a_sound_lecture() -> None:
    assert faults() == []


@pytest.mark.parametrize("lengths", [("4.4", "3.7", "2.4"), ("4", "4", "3.4"), ("4", "4", "1.6")])
def test_lengths_may_be_rounded(lengths: tuple[str, ...]) -> None:
    assert faults(announced=playlist(lengths)) == []


@pytest.mark.parametrize(
    ("lengths", "fault"),
    [
        (("5", "5", "5"), ("b.m4s", "begins at 4.00 s, but the lengths before it add up to 5.00 s")),
        (("3", "3", "3"), ("b.m4s", "begins at 4.00 s, but the lengths before it add up to 3.00 s")),
    ],
)
def test_lengths_that_are_not_so(lengths: tuple[str, ...], fault: tuple[str, str]) -> None:
    assert faults(announced=playlist(lengths)) == [fault]


def test_a_length_at_the_end_that_is_not_so() -> None:
    told = "{} ends at 10.50 s, but the playlist is 13.00 s long"
    assert faults(announced=playlist(("4", "4", "5"))) == [("c.m4s", told.format(what)) for what in WHAT]


def test_swapped_segments() -> None:
    swapped = playlist(names=("a.m4s", "c.m4s", "b.m4s"))
    assert faults(announced=swapped) == [("c.m4s", f"4.00 s of {what} are missing before it") for what in WHAT]


def test_a_segment_twice_under_two_names() -> None:
    told = "4.00 s of its {} were in segments before it already: are they in order?"
    assert faults(b=PARTS["a.m4s"]) == [("b.m4s", told.format(what)) for what in WHAT]


@pytest.mark.parametrize("kept", [0.999, 0.5, 0.02])
def test_a_cut_segment(kept: float) -> None:
    whole = PARTS["b.m4s"]
    assert [file for file, _ in faults(b=whole[: int(len(whole) * kept)])] == ["b.m4s"]


def test_data_that_are_fewer_than_announced() -> None:
    whole = segment(Part(4_000, 4_000, samples=8))
    short = whole[: -8 - 32] + box(b"mdat", bytes(31))
    assert faults(b=short)[0] == ("b.m4s", "holds less than its header announces")


@pytest.mark.parametrize(
    "content", [b"Dear colleagues, please find attached", b"\0" * 100, BOTH, box(b"mdat", b"1234")]
)
def test_what_is_no_segment(content: bytes) -> None:
    assert [file for file, _ in faults(b=content)] == ["b.m4s"]


def test_a_header_without_data() -> None:
    assert faults(b=PARTS["b.m4s"][: -8 - 64]) == [("b.m4s", "is no segment of fragmented MP4")]


def test_a_segment_of_other_tracks() -> None:
    stranger = segment(Part(4_000, 4_000, track=Made(7, b"vide", avc())))
    assert faults(b=stranger) == [("b.m4s", "has a track that the header file does not announce")]


def test_picture_that_stops() -> None:
    assert faults(c=segment(Part(8_000, 2_500, track=AUDIO))) == [("c.m4s", "has no picture")]


def test_sound_that_ends_early() -> None:
    early = segment(Part(8_000, 2_500), Part(8_000, 1_000, track=AUDIO))
    told = "sound ends at 9.00 s, but the playlist is 10.50 s long"
    assert faults(c=early) == [("c.m4s", told)]
    assert faults(c=segment(Part(8_000, 2_500))) == [("c.m4s", told.replace("9.00", "8.00"))]


def test_sound_that_begins_late() -> None:
    late = segment(Part(0, 4_000), Part(1_000, 3_000, track=AUDIO))
    assert faults(a=late) == [("a.m4s", "1.00 s of sound are missing before it")]


def test_sound_may_lie_in_the_segment_before() -> None:
    early = segment(Part(4_000, 4_000), Part(4_000, 6_500, track=AUDIO))
    assert faults(b=early, c=segment(Part(8_000, 2_500))) == []


def test_a_segment_that_needs_the_one_before() -> None:
    blind = segment(Part(4_000, 4_000, key=False), Part(4_000, 4_000, track=AUDIO))
    assert faults(b=blind) == [("b.m4s", "must begin with a key frame")]


def test_sound_needs_no_key_frames() -> None:
    a, b, c = (
        segment(Part(at, length, 4, AUDIO, key=False)) for at, length in ((0, 4_000), (4_000, 4_000), (8_000, 2_500))
    )
    assert faults(header=init(AUDIO), a=a, b=b, c=c) == []


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"", "is no header of fragmented MP4"),
        (b"init", "ends in the middle of a box"),
        (b"<html>not found</html>", "is cut off, or no MP4 at all"),
        (PARTS["a.m4s"], "is no header of fragmented MP4"),
        (BOTH[:-20], "is cut off, or no MP4 at all"),
        (init(VIDEO, extended=False), "is no header of fragmented MP4 (trex is missing)"),
        (init(), "must announce one track of picture, one of sound, or one of each"),
        (init(VIDEO, Made(3, b"vide", avc())), "must announce one track of picture, one of sound, or one of each"),
        (init(VIDEO, Made(3, b"text", box(b"tx3g", bytes(40)))), "picture and sound only, and no other track"),
        (init(Made(1, b"vide", avc(b"encv"))), "must not be encrypted"),
        (init(Made(1, b"vide", avc(b"hvc1", settings=b"hvcC"))), "has video in hvc1, which some browsers cannot play"),
        (init(Made(1, b"vide", avc(b"av01", settings=b"av1C"))), "has video in av01"),
        (init(Made(1, b"vide", avc(b"mp4v"))), "has video in mp4v"),
        (init(Made(1, b"vide", avc(profile=110))), "use H.264 (8 bits, 4:2:0)"),
        (init(VIDEO, Made(2, b"soun", aac(b"ac-3"))), "has sound in ac-3"),
        (init(VIDEO, Made(2, b"soun", aac(object_type=0x6B))), "has sound in mp4a, which some browsers cannot play"),
        (init(VIDEO, Made(2, b"soun", aac(kind=1))), "use AAC"),
    ],
)  # fmt: skip
def test_headers_that_some_browser_does_not_play(header: bytes, message: str) -> None:
    ((file, told),) = faults(header=header)
    assert file == "init.mp4"
    assert message in told


def test_codecs_by_their_names() -> None:
    tracks = read_tracks(init(VIDEO, Made(2, b"soun", aac(kind=5))))
    assert [track.codec for track in tracks] == ["avc1.4d401f", "mp4a.40.5"]


class Counted:
    """A file that counts the bytes read of it."""

    def __init__(self, content: bytes) -> None:
        self._content, self.read_bytes = content, 0

    @property
    def size(self) -> int:
        """The file's size in bytes."""
        return len(self._content)

    def read(self, start: int, length: int) -> bytes:
        """Bytes from `start` on."""
        part = self._content[start : start + length]
        self.read_bytes += len(part)
        return part


def test_of_a_large_segment_its_headers_are_read() -> None:
    parts = [segment(Part(at, 1_000), size=1_000_000) for at in (0, 1_000, 2_000)]
    source = Counted(b"".join(parts))
    span = read_spans(source, read_tracks(init(VIDEO)))[1]
    assert span.decoded_to - span.decoded_from == 3
    assert source.read_bytes < 300_000


@given(st.data())
def test_whatever_is_broken_is_refused_and_nothing_else_is_raised(data: st.DataObject) -> None:
    file = bytearray(data.draw(st.sampled_from([BOTH, PARTS["a.m4s"]])))
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, len(file) - 1), st.integers(0, 255)), max_size=6)):
        file[at] = value
    source: Source = Bytes(bytes(file[: data.draw(st.integers(0, len(file)))]))
    try:
        read_spans(source, read_tracks(BOTH))
        read_tracks(source.read(0, source.size))
    except InvalidMedia:
        pass


@pytest.mark.parametrize("folder", sorted(DEMO_COURSES.glob("*/media")), ids=lambda folder: folder.parent.name)
def test_what_an_encoder_writes(folder: Path) -> None:
    announced = read_presentation((folder / "index.m3u8").read_bytes(), lambda _: None)
    assert check_playable(announced, lambda name: Bytes((folder / name).read_bytes())) == []
