"""Recordings as editors bring them, made here by the same program: what they are, what is refused, what is packaged."""

import contextlib
import http.server
import json
import re
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from pypdfium2 import PdfiumError, PdfPage

from services.catalog.adapters import ffmpeg
from services.catalog.adapters.ffmpeg import Ffmpeg, FfmpegFailed
from services.catalog.adapters.slides import first_page
from services.catalog.app.ports import RecordingRefused
from services.catalog.domain import pieces
from services.catalog.domain.playable import check_playable
from services.catalog.domain.presentation import Presentation, read_presentation
from services.catalog.domain.recording import Probe
from tests.fakes.fmp4 import Bytes
from tests.fakes.slides import indexed_pdf

TOOL = Ffmpeg()
SOUND = ("-f", "lavfi", "-i", "sine=f=300:r=16000:d=12")
CODED = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "32k")
PASSWORD_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 320 180]>>endobj\n"
    b"4 0 obj<</Filter/Standard/V 1/R 2/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">/P -4>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<33><33>]>>\n"
)
OPEN_PDF = PASSWORD_PDF.replace(b"/Encrypt 4 0 R", b"")


def made(target: Path, *arguments: str) -> Path:
    """What the program makes of these inputs."""
    command = [get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y", *arguments, str(target)]
    subprocess.run(command, check=True)  # noqa: S603 (our own arguments)
    return target


def picture(size: str = "320x180", rate: int = 5, seconds: int = 12) -> tuple[str, ...]:
    """The input of a moving picture."""
    return ("-f", "lavfi", "-i", f"testsrc=s={size}:r={rate}:d={seconds}")


def length_ms(sound: Path) -> int:
    """How long a file plays from its own beginning on, as it says."""
    command = [get_ffmpeg_exe(), "-hide_banner", "-i", str(sound)]
    said = subprocess.run(command, check=False, capture_output=True, text=True).stderr  # noqa: S603 (our own arguments)
    found = re.search(r"Duration: 00:00:([\d.]+), start: 0\.0", said)
    assert found, said
    return round(float(found[1]) * 1000)


def packaged(source: Path, folder: Path, shown: Path | None = None) -> tuple[Presentation, list[int]]:
    """The lecture made of a recording, which plays to its end; and what was told of the progress."""
    told: list[int] = []
    TOOL.package(str(source), TOOL.probe(str(source)), folder, told.append, shown)
    return sound_lecture(folder), told


def sound_lecture(folder: Path) -> Presentation:
    """What lies in a folder, after it passed what every publication must."""
    found = read_presentation((folder / "index.m3u8").read_bytes(), lambda path: (folder / path).read_bytes())
    assert check_playable(found, lambda path: Bytes((folder / path).read_bytes())) == []
    return found


def sizes(found: Presentation) -> dict[str, tuple[int, int] | None]:
    """The renditions with their pictures' sizes."""
    return {rung.folder: rung.announced.size for rung in found.renditions if rung.announced}


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording that nothing is wrong with: 720p, 12 seconds."""
    return made(tmp_path_factory.mktemp("talk") / "talk.mp4", *picture("1280x720"), *SOUND, *CODED)


def test_what_a_recording_is(talk: Path) -> None:
    assert TOOL.probe(str(talk)) == Probe(12_000, 1280, 720, 5.0, has_sound=True)


def test_a_lecture_in_every_rendition(talk: Path, tmp_path: Path) -> None:
    found, told = packaged(talk, tmp_path)
    assert sizes(found) == {"360p/": (640, 360), "540p/": (960, 540), "720p/": (1280, 720), "audio/": None}
    assert found.duration_ms == 12_000
    beside = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} - {*found.files}
    previews = {f"previews/{number}.jpg" for number in range(1, 7)}
    assert beside == {"poster.jpg", "preview.mp4", "sound.m4a", *previews}
    assert told == sorted(told)
    assert told[-1] == 100
    assert TOOL.probe(str(tmp_path / "preview.mp4")).width == 640
    assert TOOL.probe(str(tmp_path / "sound.m4a")) == Probe(12_000, None, None, None, has_sound=True)


class EnoughError(Exception):
    """Somebody cancelled."""


def test_who_is_told_of_the_progress_ends_it(talk: Path, tmp_path: Path) -> None:
    def stop(percent: int) -> None:
        if percent > 10:
            raise EnoughError

    with pytest.raises(EnoughError):
        TOOL.package(str(talk), TOOL.probe(str(talk)), tmp_path, stop)
    assert list(tmp_path.rglob("*.m3u8")) == [], "it went on to its end"


@pytest.mark.parametrize("volume", ["0.02", "8"])
def test_lectures_are_equally_loud(tmp_path: Path, volume: str) -> None:
    loud = ("-filter_complex", f"[1:a]volume={volume}[a]", "-map", "0:v", "-map", "[a]")
    source = made(tmp_path / "talk.mp4", *picture(), *SOUND, *loud, *CODED)
    packaged(source, tmp_path / "out")
    measure = ["-i", str(tmp_path / "out" / "preview.mp4"), "-af", "loudnorm=print_format=json", "-f", "null", "-"]
    said = subprocess.run([get_ffmpeg_exe(), *measure], capture_output=True, text=True, check=True).stderr  # noqa: S603 (our own arguments)
    measured = json.loads(said[said.rindex("{") : said.rindex("}") + 1])
    assert float(measured["input_i"]) == pytest.approx(-16, abs=1)


def test_a_recording_that_stands_upright(talk: Path, tmp_path: Path) -> None:
    turned = made(tmp_path / "turned.mov", "-display_rotation", "90", "-i", str(talk), "-c", "copy")
    assert TOOL.probe(str(turned)) == Probe(12_000, 720, 1280, 5.0, has_sound=True)
    found, _ = packaged(turned, tmp_path / "out")
    assert sizes(found) == {"360p/": (360, 640), "540p/": (540, 960), "720p/": (720, 1280), "audio/": None}


def test_frames_at_any_time(tmp_path: Path) -> None:
    still = ("-vf", "select='not(mod(n,7))+lt(mod(n,90),20)'", "-fps_mode", "vfr")
    source = made(tmp_path / "vfr.mp4", *picture("640x480", 30), *SOUND, *still, *CODED)
    found, _ = packaged(source, tmp_path / "out")
    assert sizes(found) == {"360p/": (480, 360), "480p/": (640, 480), "audio/": None}


def test_nothing_is_made_larger_than_it_was(tmp_path: Path) -> None:
    source = made(tmp_path / "small.mp4", *picture("321x239"), *SOUND, *CODED[:4], "-c:a", "aac")
    found, _ = packaged(source, tmp_path / "out")
    assert sizes(found) == {"238p/": (318, 238), "audio/": None}


@pytest.mark.parametrize("lengths", [(12, 5), (4, 12)])
def test_picture_and_sound_of_different_lengths(tmp_path: Path, lengths: tuple[int, int]) -> None:
    shown, heard = lengths
    sound = ("-itsoffset", "1", "-f", "lavfi", "-i", f"sine=f=300:d={heard}")
    found, _ = packaged(made(tmp_path / "uneven.mov", *picture(seconds=shown), *sound, *CODED), tmp_path / "out")
    assert found.duration_ms == pytest.approx(max(shown, heard + 1) * 1000, abs=200)


@pytest.mark.parametrize("shown", [None, "cover.png", "slides.pdf"])
def test_sound_alone_gets_a_picture(tmp_path: Path, shown: str | None) -> None:
    source = made(tmp_path / "talk.m4a", *SOUND, "-c:a", "aac")
    assert TOOL.probe(str(source)) == Probe(12_000, None, None, None, has_sound=True)
    if shown == "cover.png":
        made(tmp_path / shown, *picture("300x400"), "-frames:v", "1")
    elif shown:
        (tmp_path / shown).write_bytes(OPEN_PDF)
    found, _ = packaged(source, tmp_path / "out", tmp_path / shown if shown else None)
    assert sizes(found) == {"720p/": (1280, 720), "audio/": None}


def test_long_sound_is_also_cut_where_somebody_pauses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "LONGEST_MS", 5_000)
    spoken = "sine=f=300:r=16000:d=12,volume='if(between(mod(t,4),3,3.6),0,1)':eval=frame"
    source = made(tmp_path / "talk.m4a", "-f", "lavfi", "-i", spoken, "-c:a", "aac")
    folder = tmp_path / "out"
    packaged(source, folder)
    cut = sorted((folder / "sound").iterdir(), key=lambda path: int(path.stem))
    begins = [int(path.stem) for path in cut]
    assert len(begins) == 3
    assert begins[1:] == [pytest.approx(3_300, abs=150), pytest.approx(7_300, abs=150)]
    lengths = [length_ms(path) for path in cut]
    assert lengths == [pytest.approx(length, abs=150) for length in (3_300, 4_000, 4_700)]


def test_a_picture_costs_little_however_large_it_is(tmp_path: Path) -> None:
    source = made(tmp_path / "talk.m4a", "-f", "lavfi", "-i", "sine=f=300:r=16000:d=60", "-c:a", "aac")
    spent: list[float] = []
    for size in ("320x240", "2400x1800"):
        shown = made(
            tmp_path / f"{size}.png", "-f", "lavfi", "-i", f"testsrc2=s={size},noise=alls=30", "-frames:v", "1"
        )
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        packaged(source, tmp_path / size, shown)
        spent.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)
    assert spent[1] < 2 * spent[0], "it is decoded once, and not with each frame"


def test_silence_stays_silence(tmp_path: Path) -> None:
    source = made(tmp_path / "silence.m4a", "-f", "lavfi", "-i", "anullsrc", "-t", "12", "-c:a", "aac")
    assert packaged(source, tmp_path / "out")[0].duration_ms == 12_000


def test_what_is_encoded_already_is_packaged_as_it_is(talk: Path, tmp_path: Path) -> None:
    low = made(tmp_path / "low.mp4", "-i", str(talk), "-vf", "scale=640:360", "-g", "10", *CODED)
    high = made(tmp_path / "high.mp4", "-i", str(talk), "-g", "10", *CODED)
    told: list[int] = []
    sources = {"720p": str(high), "360p": str(low)}
    TOOL.wrap(sources, TOOL.probe(str(talk)), tmp_path / "out", told.append)
    found = sound_lecture(tmp_path / "out")
    assert sizes(found) == {"360p/": (640, 360), "720p/": (1280, 720), "audio/": None}
    assert told == [33, 66, 100]
    assert (tmp_path / "out" / "sound.m4a").exists()


COPIED = ("-c", "copy")
KEYS = ("-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb", "-encryption_kid", "a7e61c373e219033c21091fa607bf3b8")
MADE_WRONG: dict[str, tuple[str, ...]] = {
    "encrypted": (*COPIED, "-encryption_scheme", "cenc-aes-ctr", *KEYS),
    "no sound": (*COPIED, "-an"),
    "three seconds": (*COPIED, "-t", "3"),
    "another container": (*COPIED, "-f", "matroska"),
    "captions alone": ("-map", "1", "-c:s", "mov_text"),
}
CAPTIONS = "1\n00:00:01,000 --> 00:00:12,000\nhello\n"


def altered(talk: Path, target: Path, kind: str) -> Path:
    """A recording that something is wrong with."""
    if kind in MADE_WRONG:
        captions = target.with_suffix(".srt")
        captions.write_text(CAPTIONS)
        return made(target, "-i", str(talk), "-i", str(captions), *MADE_WRONG[kind])
    first = made(target, "-i", str(talk), *COPIED, "-movflags", "+faststart").read_bytes()
    contents = {
        "nothing": b"",
        "a text": b"Dear colleagues\n" * 99,
        "a playlist": HARMFUL,
        "cut at its end": talk.read_bytes()[: -talk.stat().st_size // 3],
        "cut, its header first": first[: -len(first) // 3],
        "another codec": first.replace(b"avc1", b"zzz1"),
    }
    target.write_bytes(contents[kind])
    return target


HARMFUL = b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    ("kind", "code", "message", "message_en"),
    [
        ("nothing", "RECORDING_UNREADABLE", "重新导出为 MP4", "is no MP4, MOV or M4A recording"),
        ("a text", "RECORDING_UNREADABLE", "重新导出为 MP4", "is no MP4, MOV or M4A recording"),
        ("a playlist", "RECORDING_UNREADABLE", "重新导出为 MP4", "is no MP4, MOV or M4A recording"),
        ("another container", "RECORDING_UNREADABLE", "重新导出为 MP4", "is no MP4, MOV or M4A recording"),
        ("cut at its end", "RECORDING_CUT", "后面的部分缺失", "its end is missing"),
        ("cut, its header first", "RECORDING_CUT", "后面的部分缺失", "its end is missing"),
        ("another codec", "RECORDING_UNDECODABLE", "无法解码", "cannot be decoded"),
        ("encrypted", "RECORDING_UNDECODABLE", "已加密", "is encrypted"),
        ("no sound", "RECORDING_SILENT", "没有声音", "has no sound"),
        ("captions alone", "RECORDING_EMPTY", "既没有画面也没有声音", "neither picture nor sound"),
        ("three seconds", "RECORDING_SHORT", "不足 10 秒", "shorter than 10 seconds"),
    ],
)
def test_a_recording_that_no_lecture_can_be_made_of(
    talk: Path, tmp_path: Path, kind: str, code: str, message: str, message_en: str
) -> None:
    with pytest.raises(RecordingRefused) as caught:
        TOOL.probe(str(altered(talk, tmp_path / "recording.mp4", kind)))
    assert caught.value.code == code
    assert message in caught.value.message
    assert message_en in caught.value.message_en


def test_a_recording_is_not_taken_at_its_title(talk: Path, tmp_path: Path) -> None:
    titled = ("-metadata", "title=Building a Connection", "-metadata", "comment=when\n[a] session timed out")
    source = made(tmp_path / "titled.mp4", "-i", str(talk), *COPIED, *titled)
    assert TOOL.probe(str(source)).duration_ms == 12_000
    source.write_bytes(source.read_bytes().replace(b"avc1", b"zzz1"))
    with pytest.raises(RecordingRefused) as caught:
        TOOL.probe(str(source))
    assert caught.value.code == "RECORDING_UNDECODABLE"


def test_a_recording_that_is_too_long(talk: Path, tmp_path: Path) -> None:
    long = made(tmp_path / "long.mp4", "-itsscale", "2500", "-i", str(talk), "-c", "copy")
    with pytest.raises(RecordingRefused, match="longer than 8 hours") as caught:
        TOOL.probe(str(long))
    assert "超过 8 小时" in caught.value.message


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PASSWORD_PDF, "SLIDES_LOCKED"),
        (indexed_pdf(locked=True), "SLIDES_LOCKED"),
        (b"Dear colleagues", "SLIDES_UNREADABLE"),
        (OPEN_PDF, None),
        (indexed_pdf(locked=False), None),
    ],
)
def test_slides_must_open(tmp_path: Path, content: bytes, code: str | None) -> None:
    slides = tmp_path / "slides.pdf"
    slides.write_bytes(content)
    if code is None:
        TOOL.check_slides(slides)
        return
    with pytest.raises(RecordingRefused) as caught:
        TOOL.check_slides(slides)
    assert caught.value.code == code


def test_nothing_is_made_without_slides_that_are_locked(tmp_path: Path) -> None:
    source = made(tmp_path / "talk.m4a", *SOUND, "-c:a", "aac")
    (tmp_path / "slides.pdf").write_bytes(indexed_pdf(locked=True))
    with pytest.raises(RecordingRefused) as caught:
        packaged(source, tmp_path / "out", tmp_path / "slides.pdf")
    assert caught.value.code == "SLIDES_LOCKED"


@pytest.mark.parametrize(("size", "drawn"), [("1 200", None), ("200 1", None), ("10 200", (64, 1280))])
def test_slides_of_odd_sizes_are_bounded(tmp_path: Path, size: str, drawn: tuple[int, int] | None) -> None:
    slides = tmp_path / "slides.pdf"
    slides.write_bytes(OPEN_PDF.replace(b"320 180", size.encode()))
    if drawn is None:
        with pytest.raises(RecordingRefused) as caught:
            TOOL.check_slides(slides)
        assert caught.value.code == "SLIDES_UNREADABLE"
        return
    assert first_page(slides, tmp_path).read_bytes().startswith(f"P6 {drawn[0]} {drawn[1]} ".encode())


@pytest.mark.parametrize("failure", [PdfiumError("no page"), MemoryError()])
def test_slides_that_cannot_be_drawn_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def render(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(PdfPage, "render", render)
    slides = tmp_path / "slides.pdf"
    slides.write_bytes(OPEN_PDF)
    with pytest.raises(RecordingRefused) as caught:
        TOOL.check_slides(slides)
    assert caught.value.code == "SLIDES_UNREADABLE"


class Ranges(http.server.SimpleHTTPRequestHandler):
    """Serves parts of files, as S3 does, and says nothing.

    Of each part it sends `most_bytes`, and nothing beyond `end`: then the line breaks.
    """

    protocol_version = "HTTP/1.1"
    most_bytes = end = sys.maxsize

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            self.send_error(404)
            return
        content = file.read_bytes()
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(content[start : min(start + self.most_bytes, self.end)])
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def address(talk: Path) -> Iterator[str]:
    """The folder of the recording over HTTP, as a presigned address is."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Ranges, directory=str(talk.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_recording_behind_an_address(address: str) -> None:
    assert TOOL.probe(f"{address}/talk.mp4").duration_ms == 12_000


@pytest.fixture
def small(talk: Path) -> Path:
    """A recording beside it whose header comes first and which is packaged fast."""
    return made(talk.parent / "small.mp4", *picture("160x120"), *SOUND, *CODED, "-movflags", "+faststart")


def test_a_line_that_breaks_is_taken_up_where_it_was(
    address: str, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ranges, "most_bytes", small.stat().st_size // 3)
    source = f"{address}/{small.name}"
    TOOL.package(source, TOOL.probe(source), tmp_path, lambda _: None)
    assert sound_lecture(tmp_path).duration_ms == 12_000


@pytest.mark.parametrize("measured", [False, True])
def test_a_line_that_stays_broken_makes_no_lecture_whose_rest_stands_still(
    address: str, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: bool
) -> None:
    monkeypatch.setattr(ffmpeg, "RECONNECTING", ("-reconnect", "1", "-reconnect_delay_max", "0"))
    source, end = f"{address}/{small.name}", small.stat().st_size // 3
    probe = TOOL.probe(source)

    def loudness(*_: object) -> None:
        """Measured before the line breaks."""

    if measured:
        monkeypatch.setattr(ffmpeg, "_loudness", loudness)
    monkeypatch.setattr(Ranges, "end", end)
    with pytest.raises(FfmpegFailed, match="not read to its end"):
        TOOL.package(source, probe, tmp_path, lambda _: None)
    with pytest.raises(FfmpegFailed, match="not read to its end"):
        TOOL.wrap({"120p": source}, probe, tmp_path, lambda _: None)


def test_an_address_that_cannot_be_read_says_nothing_of_the_recording(address: str) -> None:
    with pytest.raises(FfmpegFailed):
        TOOL.probe(f"{address}/gone.mp4")
    with pytest.raises(FfmpegFailed):
        TOOL.package(f"{address}/gone.mp4", Probe(12_000, 640, 360, 25, has_sound=True), Path("unused"), lambda _: None)
