"""Playlists and content versions."""

from decimal import Decimal

import pytest

from services.catalog.domain.course import Question
from services.catalog.domain.document import questions_digest
from services.catalog.domain.media import Caption, MediaFile, content_version
from services.catalog.domain.playlist import InvalidPlaylist, Playlist, read_playlist, tidy_playlist
from tests.unit.catalog.world import HEADER, PLAYLIST

MAP = '#EXT-X-MAP:URI="init.mp4"\n'
ONE = "#EXTINF:4.0,\na.m4s\n"
END = "#EXT-X-ENDLIST\n"
FOUR_SECONDS = Playlist(4_000, "init.mp4", ("a.m4s",), (Decimal("4.0"),))
FILES = [MediaFile("index.m3u8", "a" * 64, 10), MediaFile("init.mp4", "b" * 64, 20)]


def parse_playlist(text: str) -> Playlist:
    """The playlist of a file."""
    return read_playlist(text.encode())


def test_a_playlist() -> None:
    playlist = parse_playlist(PLAYLIST)
    assert playlist.duration_ms == 7_500
    assert (playlist.init, playlist.segments) == ("init.mp4", ("a.m4s", "b.m4s"))


def test_the_duration_is_summed_exactly() -> None:
    segments = "".join(f"#EXTINF:0.1,\ns{n}.m4s\n" for n in range(3))
    assert parse_playlist(HEADER + MAP + segments + END).duration_ms == 300
    assert parse_playlist(HEADER + MAP + "#EXTINF:3.9999,title\na.m4s\n" + END).duration_ms == 3_999


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", {1: "the first line must be #EXTM3U"}),
        (MAP + ONE + END, {1: "the first line must be #EXTM3U"}),
        (HEADER + ONE + END, {6: "#EXT-X-MAP is missing"}),
        (HEADER + MAP + END, {5: "there are no segments"}),
        (HEADER + MAP + ONE, {6: "#EXT-X-ENDLIST is missing"}),
        (HEADER + MAP + ONE + END + ONE, {8: "nothing may follow", 9: "nothing may follow"}),
        (HEADER + MAP + ONE + ONE + END, {8: "is listed twice"}),
        (HEADER + MAP + "a.m4s\n" + END, {5: "has no #EXTINF"}),
        (HEADER + MAP + "#EXTINF:0,\na.m4s\n" + END, {5: "must be above 0"}),
        (HEADER + MAP + "#EXTINF:nan,\na.m4s\n" + END, {5: "with a comma right after it"}),
        (HEADER + MAP + "#EXTINF:-4,\na.m4s\n" + END, {5: "with a comma right after it"}),
        (HEADER + MAP + ONE + "#EXTINF:4,\n" + END, {8: "the last #EXTINF has no segment"}),
        (HEADER + MAP + "#EXTINF:4,\n" + ONE + END, {6: "the #EXTINF before has no segment"}),
        (HEADER + ONE + MAP + END, {6: "one #EXT-X-MAP only, before the segments"}),
        (HEADER + MAP + "#EXTINF:4,\n../secret.m4s\n" + END, {6: "must name an .mp4 or .m4s file"}),
        (HEADER + MAP + "#EXTINF:4,\nhttps://x.example/a.m4s\n" + END, {6: "must name an .mp4 or .m4s file"}),
        (HEADER + MAP + "#EXTINF:4,\nother.m3u8\n" + END, {6: "must name an .mp4 or .m4s file"}),
        (HEADER + MAP + "#EXTINF:4\na.m4s\n" + END, {5: "with a comma right after it"}),
        (HEADER + MAP + "#EXTINF:4 ,\na.m4s\n" + END, {5: "with a comma right after it"}),
        (HEADER + MAP + " #EXTINF:4,\na.m4s\n" + END, {5: "must not begin with a blank"}),
        (HEADER + MAP.replace("\n", ',BYTERANGE="9@0"\n') + ONE + END, {4: "the header must be a file of its own"}),
        (HEADER + '#EXT-X-MAP:BYTERANGE="9@0"\n' + ONE + END, {4: "must name an .mp4 or .m4s file"}),
        ("#EXTM3U\n" + MAP + ONE + END, {1: "#EXT-X-TARGETDURATION is missing"}),
        (HEADER + "#EXT-X-TARGETDURATION:4\n" + MAP + ONE + END, {4: "one #EXT-X-TARGETDURATION only"}),
        (HEADER + MAP + ONE + "#EXT-X-MEDIA-SEQUENCE:1\n" + END, {7: "before the segments"}),
        (HEADER + MAP + "#EXT-X-MEDIA-SEQUENCE:one\n" + ONE + END, {5: "“one” is no value of #EXT-X-MEDIA-SEQUENCE"}),
        (HEADER + MAP + "#EXT-X-START:TIME-OFFSET=2\n" + ONE + END, {5: "unsupported tag #EXT-X-START"}),
        (HEADER + MAP + ONE.replace("a.m4s", "a\ufffd.m4s") + END, {6: "text was lost in another encoding"}),
        ("\ufeff" + HEADER + MAP + ONE + END, {1: "begins with a byte order mark, which players refuse"}),
        (HEADER + MAP + "#EXT-X-KEY:METHOD=AES-128\n" + ONE + END, {5: "unsupported tag #EXT-X-KEY"}),
        (HEADER + MAP + "#EXT-X-DISCONTINUITY\n" + ONE + END, {5: "unsupported tag #EXT-X-DISCONTINUITY"}),
    ],
)
def test_a_bad_playlist(text: str, faults: dict[int, str]) -> None:
    with pytest.raises(InvalidPlaylist) as caught:
        parse_playlist(text)
    found = [(fault.line, fault.message_en) for fault in caught.value.faults]
    for line, message in faults.items():
        assert any(line == at and message in shown for at, shown in found)


@pytest.mark.parametrize(
    "text", [HEADER + MAP + "#EXTINF:4\na.m4s\n" + END, HEADER + MAP[:-1] + ",BYTERANGE=1\n" + ONE + END]
)
def test_one_mistake_is_told_once(text: str) -> None:
    with pytest.raises(InvalidPlaylist) as caught:
        parse_playlist(text)
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize(
    "added",
    [
        "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-DISCONTINUITY-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:EVENT",
        "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z",
        "#EXT-X-BITRATE:32",
        "#EXT-X-ALLOW-CACHE:YES",
        "#EXT-X-KEY:METHOD=NONE",
        "#EXT-X-OF-SOME-PACKAGER:1",
        "## made by some packager",
    ],
)
def test_what_players_read_or_overlook_is_taken(added: str) -> None:
    text = HEADER + added + "\n" + MAP + ONE + END + "## the end\n"
    assert parse_playlist(text) == parse_playlist(text.replace("\n", "\r\n")) == FOUR_SECONDS


def test_only_line_ends_end_a_line() -> None:
    assert parse_playlist(HEADER + MAP + "#EXTINF:4,片头\u2028片尾\x0c\na.m4s\n" + END).segments == ("a.m4s",)


def test_blanks_around_a_length_are_not_published() -> None:
    assert tidy_playlist(b"#EXTM3U\r\n#EXTINF: 4.5 ,one , two\r\n") == b"#EXTM3U\r\n#EXTINF:4.5,one , two\r\n"
    assert tidy_playlist(PLAYLIST.encode()) == PLAYLIST.encode()


def test_too_many_segments() -> None:
    segments = "".join(f"#EXTINF:1,\ns{n}.m4s\n" for n in range(3_001))
    with pytest.raises(InvalidPlaylist, match="1 fault"):
        parse_playlist(HEADER + MAP + segments + END)


def test_the_version_follows_from_what_is_watched() -> None:
    version = content_version(FILES, Decimal("1.0"))
    assert version == content_version(list(reversed(FILES)), Decimal("1.0"))
    assert len(version) == 16
    other_bytes = [FILES[0], MediaFile("init.mp4", "c" * 64, 20)]
    assert len({version, content_version(FILES, Decimal("1.5")), content_version(other_bytes, Decimal("1.0"))}) == 3


def test_captions_are_named_by_their_content() -> None:
    assert Caption("zh", "ab" * 32, 5).path == "captions/zh.abababababab.vtt"


def test_the_public_version_follows_from_questions_and_choices_but_tells_no_answer() -> None:
    first, second = (Question("Which?", ("a", "b"), answer) for answer in (0, 1))
    assert questions_digest((first,)) == questions_digest((second,))
    asked = content_version(FILES, Decimal("1.0"), questions_digest((first,)))
    other = content_version(FILES, Decimal("1.0"), questions_digest((Question("Which?", ("a", "c"), 0),)))
    assert len({content_version(FILES, Decimal("1.0")), asked, other}) == 3
