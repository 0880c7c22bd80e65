"""Lectures in several renditions: what a ladder must say, and that each rung is watched to the same end."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from services.catalog.cli.package import InvalidPackage
from services.catalog.domain.playable import check_playable
from services.catalog.domain.presentation import InvalidPresentation, Presentation, read_presentation
from tests.fakes import fmp4
from tests.fakes.fmp4 import AUDIO, Bytes, Made, Part, aac, avc, both, init, segment
from tests.unit.catalog.world import HEADER, PLAYLIST, World

SMALL, LARGE = Made(1, b"vide", avc(size=(640, 360))), Made(1, b"vide", avc(size=(1280, 720)))
LOW = '#EXT-X-STREAM-INF:BANDWIDTH=600000,CODECS="avc1.4D401F,mp4a.40.2",RESOLUTION=640x360\n360p/index.m3u8\n'
HIGH = '#EXT-X-STREAM-INF:BANDWIDTH=1500000,CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=1280x720\n720p/index.m3u8\n'
SOUND = '#EXT-X-STREAM-INF:BANDWIDTH=80000,CODECS="mp4a.40.2"\naudio/index.m3u8\n'
TOP = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"
LADDER = TOP + LOW + HIGH + SOUND
PARTS = {"a.m4s": both(0, 4_000), "b.m4s": both(4_000, 3_500)}
HEARD = {
    f"{n}.m4s": segment(Part(start, length, track=AUDIO)) for n, start, length in (("a", 0, 4000), ("b", 4000, 3500))
}
FILES: Mapping[str, bytes] = {
    "index.m3u8": LADDER.encode(),
    **{f"{name}/index.m3u8": PLAYLIST.encode() for name in ("360p", "720p", "audio")},
    "360p/init.mp4": init(SMALL, AUDIO),
    "720p/init.mp4": init(LARGE, AUDIO),
    "audio/init.mp4": init(AUDIO),
    **{f"{name}/{part}": content for name in ("360p", "720p") for part, content in PARTS.items()},
    **{f"audio/{part}": content for part, content in HEARD.items()},
}


def presentation(**changed: str | bytes | None) -> tuple[Presentation, Mapping[str, bytes]]:
    """The ladder, and its files after some changed, which are named with `__` for a slash and `_` for a dot."""
    files = dict(FILES)
    for name, content in changed.items():
        path = name.replace("__", "/").replace("_", ".").removeprefix("x")
        if content is None:
            del files[path]
        else:
            files[path] = content.encode() if isinstance(content, str) else content
    return read_presentation(files["index.m3u8"], files.get), files


def faults(**changed: str | bytes | None) -> list[tuple[str, str]]:
    """What is wrong with the ladder's files after some changed, by file."""
    found, files = presentation(**changed)
    return [(fault.file, fault.message_en) for fault in check_playable(found, lambda name: Bytes(files[name]))]


def test_a_ladder_with_a_rung_of_sound_alone() -> None:
    found, files = presentation()
    assert faults() == []
    assert set(found.files) == set(files)
    assert found.duration_ms == 7_500
    assert [rung.folder for rung in found.renditions] == ["360p/", "720p/", "audio/"]


def test_the_shortest_rung_is_the_lectures_length() -> None:
    longer = PLAYLIST.replace("3.500000", "3.900000")
    assert presentation(x720p__index_m3u8=longer)[0].duration_ms == 7_500
    assert faults(x720p__index_m3u8=longer) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (TOP + HIGH.replace("CODECS", "CODES"), 4, "CODECS is missing"),
        (TOP + HIGH.replace("1500000", "fast"), 4, "BANDWIDTH must be a number of bits per second"),
        (TOP + HIGH.replace("BANDWIDTH=1500000,", ""), 4, "BANDWIDTH must be a number of bits per second"),
        (TOP + HIGH.replace("1280x720", "large"), 4, "RESOLUTION must be such as 1280x720"),
        (TOP + HIGH + SOUND + LOW.replace(",RESOLUTION=640x360", ""), 8, "only one rendition may have no RESOLUTION"),
        (TOP + SOUND, 1, "there is no rendition with a picture"),
        (TOP + HIGH + HIGH, 7, "720p/index.m3u8 is listed twice"),
        (TOP + HIGH + "360p/index.m3u8\n", 6, "360p/index.m3u8 has no #EXT-X-STREAM-INF"),
        (TOP + HIGH + LOW.split("\n")[0] + "\n", 6, "#EXT-X-STREAM-INF has no playlist"),
        (TOP + LOW.split("\n")[0] + "\n" + HIGH, 5, "the #EXT-X-STREAM-INF before has no playlist"),
        (TOP + HIGH.replace("720p/", "../"), 5, "must be a playlist such as"),
        (TOP + HIGH.replace("720p/", ""), 5, "must be a playlist such as"),
        (TOP + HIGH.replace("720p/", "captions/"), 5, "must be a playlist such as"),
        (TOP + HIGH.replace("720p/", "https://x.example/720p/"), 5, "must be a playlist such as"),
        (TOP + HIGH.replace("BANDWIDTH", 'AUDIO="a",BANDWIDTH'), 4, "each rendition must have its own sound"),
        (TOP + '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="a.m3u8"\n' + HIGH, 4, "unsupported tag #EXT-X-MEDIA"),
        (TOP + HIGH + '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="i.m3u8"\n', 6, "unsupported tag"),
        (TOP + '#EXT-X-SESSION-DATA:DATA-ID="x",URI="x.json"\n' + HIGH, 4, "unsupported tag #EXT-X-SESSION-DATA"),
        (TOP + HIGH + "#EXTINF:4,\na.m4s\n", 6, "unsupported tag #EXTINF"),
        (TOP + "".join(HIGH.replace("720p", f"72{n}p") for n in range(7)), 1, "at most 6 renditions"),
        (HIGH, 1, "the first line must be #EXTM3U"),
    ],
)  # fmt: skip
def test_a_ladder_that_says_too_little_or_too_much(text: str, line: int, message: str) -> None:
    with pytest.raises(InvalidPresentation) as caught:
        presentation(index_m3u8=text)
    (told,) = caught.value.faults.values()
    assert any(fault.line == line and message in fault.message_en for fault in told)


def test_faults_are_told_of_every_rungs_playlist() -> None:
    with pytest.raises(InvalidPresentation) as caught:
        presentation(x360p__index_m3u8=HEADER, x720p__index_m3u8=None)
    assert list(caught.value.faults) == ["360p/index.m3u8", "720p/index.m3u8"]
    assert caught.value.faults["720p/index.m3u8"][0].message_en == "listed in index.m3u8, but there is no such file"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"x720p__b_m4s": PARTS["a.m4s"]},
         [("720p/b.m4s", f"4.00 s of its {what} were in segments before it already: are they in order?")
          for what in ("picture", "sound")]),
        ({"x720p__b_m4s": PARTS["b.m4s"][:30]}, [("720p/b.m4s", "is cut off, or no MP4 at all")]),
        ({"x360p__init_mp4": b"init"}, [("360p/init.mp4", "ends in the middle of a box")]),
        ({"x360p__b_m4s": "Dear colleagues"}, [("360p/b.m4s", "is cut off, or no MP4 at all")]),
        ({"audio__b_m4s": segment(Part(4_000, 1_500, track=AUDIO))},
         [("audio/b.m4s", "sound ends at 5.50 s, but the playlist is 7.50 s long")]),
        ({"x720p__index_m3u8": PLAYLIST.replace("4.000000", "5.000000")},
         [("720p/b.m4s", "begins at 4.00 s, but the lengths before it add up to 5.00 s")]),
        ({"x720p__init_mp4": init(SMALL, AUDIO)},
         [("720p/init.mp4", "RESOLUTION says 1280x720, but it is 640x360")]),
        ({"x720p__init_mp4": init(Made(1, b"vide", avc(profile=100)), AUDIO)},
         [("720p/init.mp4", "CODECS says avc1.4d401f,mp4a.40.2, but it is avc1.64401f,mp4a.40.2")]),
        ({"x720p__init_mp4": init(LARGE, Made(2, b"soun", aac(kind=5)))},
         [("720p/init.mp4", "CODECS says avc1.4d401f,mp4a.40.2, but it is avc1.4d401f,mp4a.40.5")]),
        ({"index_m3u8": TOP + HIGH + SOUND.replace("audio", "360p")},
         [("360p/init.mp4", "CODECS says mp4a.40.2, but it is avc1.4d401f,mp4a.40.2"),
          ("360p/init.mp4", "RESOLUTION says -, but it is 640x360")]),
    ],
)  # fmt: skip
def test_each_rung_is_checked_as_a_single_one(
    changed: dict[str, str | bytes | None], expected: list[tuple[str, str]]
) -> None:
    assert faults(**changed) == expected


def test_a_rung_of_another_length() -> None:
    longer = PLAYLIST.replace("3.500000", "4.600000")
    told = "is 1.10 s longer than the shortest rendition, and all must be of one length"
    assert faults(x720p__index_m3u8=longer, x720p__b_m4s=both(4_000, 4_600)) == [("720p/index.m3u8", told)]


def test_a_rung_without_sound_where_others_have_it() -> None:
    mute = {f"x720p__{n}_m4s": segment(Part(at, length)) for n, at, length in (("a", 0, 4_000), ("b", 4_000, 3_500))}
    said = LADDER.replace('CODECS="avc1.4d401f,mp4a.40.2"', 'CODECS="avc1.4d401f"')
    told = "has no sound, but other renditions have"
    assert faults(index_m3u8=said, x720p__init_mp4=init(LARGE), **mute) == [("720p/init.mp4", told)]


def in_package() -> dict[str, str | bytes | None]:
    """The ladder in the place of a package's single playlist."""
    files = {f"media__{path.replace('/', '__').replace('.', '_')}": content for path, content in FILES.items()}
    return {**files, "media__init_mp4": None, "media__a_m4s": None, "media__b_m4s": None}


def test_a_package_with_a_ladder_is_published(tmp_path: Path) -> None:
    world = World(tmp_path)
    package = world.package(**in_package())
    assert package.duration_ms == 7_500
    assert sorted(world.upload(package)) == sorted([*FILES, package.captions[0].path])
    assert world.publish(package, 0).publication.media.duration_ms == 7_500


def test_a_packages_ladder_is_checked_file_by_file(tmp_path: Path) -> None:
    changed = in_package() | {"media__360p__index_m3u8": HEADER, "media__720p__index_m3u8": None}
    with pytest.raises(InvalidPackage) as caught:
        World(tmp_path).package(**changed)
    found = {finding.file for finding in caught.value.findings}
    assert found == {"media/360p/index.m3u8", "media/720p/index.m3u8"}


def test_what_no_rung_uses_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidPackage) as caught:
        World(tmp_path).package(**in_package(), media__360p__c_m4s=fmp4.both(7_500, 100))
    assert [(f.file, f.message_en) for f in caught.value.findings] == [
        ("media/360p/c.m4s", "index.m3u8 does not use this file")
    ]
