"""Recordings through ffmpeg: what they are, and packaging them as fragmented MP4 in HLS.

The program is the one that the wheel of imageio-ffmpeg carries, of a layer of its own; there is no ffprobe with it.
It reads MP4 and its relatives only, over HTTP or from a file: what editors bring must not lead it anywhere else.
"""

import re
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

from services.catalog.adapters.slides import first_page, require_readable
from services.catalog.app.ports import RecordingRefused
from services.catalog.domain import pieces
from services.catalog.domain.fmp4 import read_tracks
from services.catalog.domain.ladder import (
    AUDIO,
    AUDIO_BITS,
    KEY_SECONDS,
    LOUDNESS,
    PEAK,
    SOUND_BITS,
    SPEECH_BITS,
    RenditionFiles,
    Rung,
    frame_rate,
    rungs,
    segment_seconds,
    write_ladder,
)
from services.catalog.domain.media import PLAYLIST
from services.catalog.domain.packaged import SOUND
from services.catalog.domain.playlist import read_playlist
from services.catalog.domain.recording import Probe

SHORTEST_MS, LONGEST_MS = 10_000, 8 * 3600 * 1000
PREVIEWS = 6
STILL_SIZE = (1280, 720)
"""Of the picture that is shown where a recording has none."""
STILL_RATE = 5.0
STILL_COLOUR = "0x12352f"
POSTER_WIDTH, PREVIEW_WIDTH = 1280, 480
_MEASURED = 10
"""Percent of the work that measuring the loudness is."""
_LOOKED_AT = 3
"""Seconds decoded at the beginning to see whether it can be, and at the end whether that is there."""
_ENDING = 15
"""Seconds before the end in which something must be left to play."""
_INPUT = (
    "-protocol_whitelist", "file,http,https,tcp,tls,crypto", "-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2",
)  # fmt: skip
RECONNECTING = (
    "-rw_timeout", "30000000", "-reconnect", "1", "-reconnect_on_network_error", "1", "-reconnect_on_http_error", "5xx",
    "-reconnect_delay_max", "15",
)  # fmt: skip
"""A line that breaks, or says nothing for 30 seconds, is taken up where it was, for half a minute."""
_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d)\.(\d\d)", re.MULTILINE)
_RATE = re.compile(r"^  Stream #.*: Video: .*?([\d.]+) fps", re.MULTILINE)
_SIZE = re.compile(r"^#dimensions \d+: (\d+)x(\d+)", re.MULTILINE)
_KIND = re.compile(r"^#media_type \d+: (video|audio)", re.MULTILINE)
_MEASURES = re.compile(
    r"^  Integrated loudness:\n +I: +(\S+) LUFS\n +Threshold: +(\S+) LUFS\n\n  Loudness range:\n +LRA: +(\S+) LU\n"
    r"(?:.+\n)+\n  True peak:\n +Peak: +(\S+) dBFS",
    re.MULTILINE,
)
PAUSES = "silencedetect=n=-35dB:d=0.3"
_PAUSE = re.compile(r"silence_end: ([\d.]+) \| silence_duration: ([\d.]+)")
_SILENCE = -70
"""LUFS below which nothing is measured."""
_UNIT = re.compile(r"#tb (\d+): (\d+)/(\d+)")
_FRAME = re.compile(r"^\d+,", re.MULTILINE)
_PLAYED = re.compile(r"^  Stream #.*: (Video|Audio): ", re.MULTILINE)
_FIRST_BOXES = ("ftyp", "moov", "mdat", "free", "skip", "wide")
"""What MP4 and MOV begin with, after a length."""
_LINE = re.compile(
    r"^\[.*\] .*(HTTP error|Connection|Failed to resolve|Input/output error|timed out|Server returned|Network is)",
    re.MULTILINE,
)
"""What it says where the address could not be read: nothing of the recording is known then.

Its own lines begin with who says it; what a recording says of itself, such as its title, is indented.
"""
_BROKEN = re.compile(r"^\[in#.*\] Error during demuxing: Input/output error", re.MULTILINE)
"""What it says where the line broke for good: it takes that for the recording's end, and succeeds."""

UNREADABLE = RecordingRefused(
    "RECORDING_UNREADABLE",
    "这个文件不是 MP4、MOV 或 M4A 录像。请从录制软件重新导出为 MP4(H.264 与 AAC)后再上传。",
    "This file is no MP4, MOV or M4A recording. Export it again as MP4 (H.264 and AAC), and upload that.",
)
CUT = RecordingRefused(
    "RECORDING_CUT",
    "录像不完整，后面的部分缺失。请确认原文件能播放到结尾，然后重新上传。",
    "The recording is cut off: its end is missing. See that the original plays to its end, and upload it again.",
)
UNDECODABLE = RecordingRefused(
    "RECORDING_UNDECODABLE",
    "录像的编码无法解码，或文件已加密。请导出为 H.264 与 AAC 的 MP4 后再上传。",
    "The recording cannot be decoded, or is encrypted. Export it as MP4 with H.264 and AAC, and upload that.",
)
EMPTY = RecordingRefused(
    "RECORDING_EMPTY",
    "文件里既没有画面也没有声音。请检查导出设置后重新上传。",
    "The file has neither picture nor sound. Check how it was exported, and upload it again.",
)
SILENT = RecordingRefused(
    "RECORDING_SILENT",
    "录像没有声音。请选择带讲解声音的录像，或把声音合入后重新上传。",
    "The recording has no sound. Choose one in which the lecture is heard, or add the sound, and upload it again.",
)
SHORT = RecordingRefused(
    "RECORDING_SHORT",
    "录像不足 10 秒。请确认选对了文件。",
    "The recording is shorter than 10 seconds. Was the right file chosen?",
)
LONG = RecordingRefused(
    "RECORDING_LONG",
    "录像超过 8 小时。请剪成几节课后分别上传。",
    "The recording is longer than 8 hours. Cut it into several lectures, and upload each.",
)


class FfmpegFailed(Exception):
    """It ended with an error that says nothing of the recording; the message is what it said last."""


@dataclass(frozen=True)
class Loudness:
    """What was measured of a recording's sound, as the filter `loudnorm` takes it."""

    integrated: str
    true_peak: str
    span: str
    threshold: str

    def filtered(self) -> str:
        """Brings it to ours by one factor from beginning to end, where its peaks allow that."""
        return (
            f"loudnorm=I={LOUDNESS}:TP={PEAK}:LRA=11:measured_I={self.integrated}:measured_TP={self.true_peak}"
            f":measured_LRA={self.span}:measured_thresh={self.threshold}:linear=true"
        )


class Ffmpeg:
    """Looks into recordings and packages them."""

    def probe(self, source: str) -> Probe:
        """What a recording is; `source` is its address or path.

        Raises:
            RecordingRefused: no lecture can be made of it.
            FfmpegFailed: its address cannot be read.
        """
        begun = _run(
            *_reading(source), "-map", "0:V:0?", "-map", "0:a:0?", "-t", str(_LOOKED_AT), "-f", "framecrc", "-"
        )
        kinds = set(_KIND.findall(begun.stdout))
        if not begun.ok or not _FRAME.search(begun.stdout):
            raise _refusal(source, begun)
        if "audio" not in kinds:
            raise SILENT
        duration_ms = _duration_ms(begun.stderr, source)
        if duration_ms < SHORTEST_MS:
            raise SHORT
        if duration_ms > LONGEST_MS:
            raise LONG
        _require_end(source, duration_ms)
        size, rate = _SIZE.search(begun.stdout), _RATE.search(begun.stderr)
        if "video" not in kinds or not size:
            return Probe(duration_ms, None, None, None, has_sound=True)
        found = float(rate[1]) if rate else None
        return Probe(duration_ms, int(size[1]), int(size[2]), found, has_sound=True)

    def check_slides(self, slides: Path) -> None:
        """Raises RecordingRefused where slides cannot be opened."""
        require_readable(slides)

    def package(
        self, source: str, probe: Probe, folder: Path, progress: Callable[[int], None], picture: Path | None = None
    ) -> None:
        """Writes a lecture's files into the folder, the sound at our loudness, the picture at a constant rate.

        Raises:
            RecordingRefused: its slides cannot be opened.
            FfmpegFailed: it could not be read or encoded; trying again may help.
        """
        measured = _loudness(source, probe.duration_ms, lambda percent: progress(percent * _MEASURED // 100))
        with tempfile.TemporaryDirectory() as scratch:
            shown = _Shown.of(source, probe, _still(picture, Path(scratch)))
            made = _outputs(shown, measured, probe.duration_ms, folder)
            rest = 100 - _MEASURED
            _read_whole(made, probe.duration_ms, lambda percent: progress(_MEASURED + percent * rest // 100))
        _finish(folder, [rung.name for rung in shown.rungs], probe.duration_ms)

    def wrap(self, sources: Mapping[str, str], probe: Probe, folder: Path, progress: Callable[[int], None]) -> None:
        """Packages what is encoded already: MP4 files by the names of their renditions. Raises FfmpegFailed."""
        names = sorted(sources, key=lambda name: int(name.removesuffix("p")))
        for number, name in enumerate(names, start=1):
            copied = ("-map", "0:v", "-map", "0:a", "-c", "copy")
            made = [*_reading(sources[name]), *copied, *_hls(_home(folder, name), probe.duration_ms)]
            _read_whole(made, probe.duration_ms, lambda _: None)
            progress(100 * number // (len(names) + 1))
        heard = ["-i", str(folder / names[0] / PLAYLIST), "-vn"]
        alone = [*_aac(AUDIO_BITS, 1), *_hls(_home(folder, AUDIO), probe.duration_ms)]
        _must(*heard, *alone, "-vn", *_speech(folder))
        _finish(folder, names, probe.duration_ms)
        progress(100)


@dataclass(frozen=True)
class _Shown:
    """Where the picture comes from, and the renditions it makes; the recording is the first of the inputs."""

    inputs: tuple[str, ...]
    picture: str
    rate: float
    rungs: tuple[Rung, ...]

    @classmethod
    def of(cls, source: str, probe: Probe, still: tuple[str, ...]) -> "_Shown":
        if probe.width and probe.height:
            rate = frame_rate(probe.frames_per_second)
            # Pixels that are not square are made so; what was recorded upright is turned by the decoder.
            picture = f"[0:V:0]scale=iw*sar:ih,setsar=1,fps={rate:g}:start_time=0,tpad=stop=-1:stop_mode=clone"
            return cls(_reading(source), picture, rate, rungs(probe.width, probe.height))
        width, height = STILL_SIZE
        fitted = f"scale={width}:{height}:force_original_aspect_ratio=decrease"
        fitted += f",pad={width}:{height}:-1:-1:color={STILL_COLOUR},setsar=1,format=yuv420p"
        # The first frame is decoded and fitted, and then shown again and again.
        picture = f"[1:v:0]{fitted},loop=loop=-1:size=1,fps={STILL_RATE:g}"
        # What stands still takes few bits in any size: one is enough, and eight hours of it are encoded in minutes.
        return cls((*_reading(source), *still), picture, STILL_RATE, rungs(width, height)[-1:])


def _reading(source: str) -> tuple[str, ...]:
    """The input of a recording: its address or path."""
    return (*_INPUT, *_from(source))


def _from(source: str) -> tuple[str, ...]:
    """Any input."""
    return (*(RECONNECTING if source.startswith("http") else ()), "-i", source)


def _still(picture: Path | None, scratch: Path) -> tuple[str, ...]:
    """The input of a picture that stands still."""
    if picture is None:
        return ("-f", "lavfi", "-i", f"color=c={STILL_COLOUR}:s={STILL_SIZE[0]}x{STILL_SIZE[1]}:r={STILL_RATE:g}")
    shown = first_page(picture, scratch) if picture.suffix.lower() == ".pdf" else picture
    return ("-framerate", f"{STILL_RATE:g}", "-i", str(shown))


def _outputs(shown: _Shown, measured: Loudness | None, duration_ms: int, folder: Path) -> list[str]:
    """The command that decodes once and writes every rendition, all of exactly one length."""
    count = len(shown.rungs)
    level = f",{measured.filtered()}" if measured else ""
    sound = f"[0:a:0]aresample=48000:async=1:first_pts=0{level},aresample=48000,apad,asplit={count + 2}"
    graph = [
        f"{shown.picture},format=yuv420p,split={count}" + "".join(f"[p{n}]" for n in range(count)),
        sound + "".join(f"[s{n}]" for n in range(count + 2)),
        *(f"[p{n}]scale={rung.width}:{rung.height}[v{n}]" for n, rung in enumerate(shown.rungs)),
    ]
    command = [*shown.inputs, "-filter_complex", ";".join(graph)]
    length = ["-t", _seconds(duration_ms)]
    for number, rung in enumerate(shown.rungs):
        home = _home(folder, rung.name)
        command += ["-map", f"[v{number}]", "-map", f"[s{number}]", *length, *_picture(rung, shown.rate)]
        command += [*_aac(SOUND_BITS, 2), *_hls(home, duration_ms)]
    alone = _home(folder, AUDIO)
    command += ["-map", f"[s{count}]", *length, *_aac(AUDIO_BITS, 1), *_hls(alone, duration_ms)]
    return [*command, "-map", f"[s{count + 1}]", *length, *_speech(folder)]


def _speech(folder: Path) -> list[str]:
    """What a recognizer gets."""
    return [*_aac(SPEECH_BITS, 1), "-ar", "16000", str(folder / SOUND)]


def _home(folder: Path, name: str) -> Path:
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    return home


def _picture(rung: Rung, rate: float) -> list[str]:
    # No B-frames: at few frames a second their delay makes the picture end later than the playlist says.
    keys = f"expr:gte(t,n_forced*{KEY_SECONDS})"
    coded = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-bf", "0", "-crf", "23"]
    bounded = ["-maxrate", str(rung.bits_per_second), "-bufsize", str(2 * rung.bits_per_second)]
    return [
        *coded,
        *bounded,
        "-force_key_frames",
        keys,
        "-forced-idr",
        "1",
        "-sc_threshold",
        "0",
        "-g",
        str(round(rate * 60)),
    ]


def _aac(bits: int, channels: int) -> list[str]:
    return ["-c:a", "aac", "-b:a", str(bits), "-ac", str(channels)]


def _hls(home: Path, duration_ms: int) -> list[str]:
    kind = ["-map_metadata", "-1", "-f", "hls", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"]
    kind += ["-hls_time", str(segment_seconds(duration_ms)), "-hls_flags", "independent_segments"]
    return [*kind, "-hls_segment_filename", str(home / "seg-%04d.m4s"), str(home / PLAYLIST)]


def _finish(folder: Path, names: Sequence[str], duration_ms: int) -> None:
    """What follows from the renditions: the ladder, and what shows people what it is."""
    made = [_packaged(folder / name) for name in (*names, AUDIO)]
    (folder / PLAYLIST).write_text(write_ladder(made), encoding="utf-8")
    least, best = (str(folder / name / PLAYLIST) for name in (names[0], names[-1]))
    _must("-i", least, "-c", "copy", "-movflags", "+faststart", str(folder / "preview.mp4"))
    _shoot(best, duration_ms // 10, POSTER_WIDTH, folder / "poster.jpg")
    (folder / "previews").mkdir(exist_ok=True)
    _cut(folder, duration_ms)
    for number in range(PREVIEWS):
        at = duration_ms * (2 * number + 1) // (2 * PREVIEWS)
        _shoot(best, at, PREVIEW_WIDTH, folder / "previews" / f"{number + 1}.jpg")


def _cut(folder: Path, duration_ms: int) -> None:
    """Cuts the sound where somebody pauses, if it is long."""
    if duration_ms <= pieces.LONGEST_MS:
        return
    sound, home = str(folder / SOUND), folder / pieces.FOLDER
    listened = _run("-i", sound, "-af", PAUSES, "-f", "null", "-")
    found = [(_ms(end) - _ms(length), _ms(end)) for end, length in _PAUSE.findall(listened.stderr)]
    begins = [0, *pieces.cuts(found, duration_ms)]
    home.mkdir()
    times = ",".join(map(_seconds, begins[1:]))
    cut = ("-c", "copy", "-f", "segment", "-segment_times", times, "-reset_timestamps", "1")
    _must("-i", sound, *cut, str(home / "piece%d.m4a"))
    for number, begin in enumerate(begins):
        (home / f"piece{number}.m4a").rename(home / pieces.piece_name(begin))


def _packaged(home: Path) -> RenditionFiles:
    playlist = read_playlist((home / PLAYLIST).read_bytes())
    tracks = read_tracks((home / playlist.init).read_bytes())
    return RenditionFiles(
        home.name, playlist, tracks, {name: (home / name).stat().st_size for name in playlist.segments}
    )


def _shoot(source: str, at_ms: int, width: int, target: Path) -> None:
    scaled = f"scale='min({width},iw)':-2"
    _must("-ss", _seconds(at_ms), "-i", source, "-frames:v", "1", "-vf", scaled, "-q:v", "4", str(target))


def _duration_ms(said: str, source: str) -> int:
    """As the header says; a recording that was broadcast has none, and is read through."""
    found = _DURATION.search(said)
    if found:
        hours, minutes, seconds, hundredths = map(int, found.groups())
        return ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10
    reading = _run(*_reading(source), "-map", "0:a:0", "-c", "copy", "-progress", "pipe:1", "-f", "null", "-")
    if _BROKEN.search(reading.stderr):
        raise FfmpegFailed(reading.last)
    return max(_times(reading.stdout.splitlines()), default=0) // 1000


def _require_end(source: str, duration_ms: int) -> None:
    """Raises RecordingRefused where nothing of the last seconds is there: a file that was cut says its whole length."""
    begin = _seconds(max(duration_ms - _ENDING * 1000, 0))
    ended = _run("-ss", begin, *_reading(source), "-map", "0:V:0?", "-map", "0:a:0", "-f", "framecrc", "-")
    if not _reaches(ended.stdout.splitlines(), min(duration_ms // 1000, _ENDING) - _LOOKED_AT):
        raise FfmpegFailed(ended.last) if _LINE.search(ended.stderr) else CUT


def _reaches(lines: Iterable[str], seconds: int) -> bool:
    """Whether any stream goes on for so long: lines have stream, and times in units that the header names."""
    units: dict[int, Fraction] = {}
    last: deque[list[str]] = deque(maxlen=50)
    for line in lines:
        unit = _UNIT.match(line)
        if unit:
            units[int(unit[1])] = Fraction(int(unit[2]), int(unit[3]))
        elif line[:1].isdigit():
            last.append(line.split(","))
    return any(int(line[2]) * units[int(line[0])] >= seconds for line in last)


def _loudness(source: str, duration_ms: int, progress: Callable[[int], None]) -> Loudness | None:
    """What is measured of the sound; None where there is nothing but silence."""
    # The filter that corrects it measures the same, in six times the time.
    measure = "ebur128=peak=true:framelog=quiet"
    command = [*_reading(source), "-map", "0:a:0", "-af", measure, "-f", "null", "-"]
    found = _MEASURES.search(_read_whole(command, duration_ms, progress))
    if not found:
        raise FfmpegFailed("the loudness was not measured")
    integrated, threshold, span, peak = found.groups()
    return None if float(integrated) <= _SILENCE else Loudness(integrated, peak, span, threshold)


@dataclass(frozen=True)
class _Ran:
    """How a run ended, and what it wrote."""

    ok: bool
    stdout: str
    stderr: str

    @property
    def last(self) -> str:
        """The last line that it said."""
        return (self.stderr.strip().splitlines() or ["(nothing)"])[-1]


def _refusal(source: str, ran: _Ran) -> Exception:
    if _LINE.search(ran.stderr):
        return FfmpegFailed(ran.last)
    if _PLAYED.search(ran.stderr):
        return UNDECODABLE
    if _DURATION.search(ran.stderr):
        return EMPTY
    first = _run("-f", "data", *_from(source), "-map", "0", "-c", "copy", "-frames:d", "1", "-f", "data", "-")
    return CUT if first.stdout[4:8] in _FIRST_BOXES else UNREADABLE


def _program() -> str:
    # Of a layer that one function alone has.
    from imageio_ffmpeg import get_ffmpeg_exe

    return str(get_ffmpeg_exe())


def _run(*arguments: str) -> _Ran:
    command = [_program(), "-hide_banner", "-nostdin", "-nostats", "-y", *arguments]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 (no shell; inputs are bounded by _INPUT)
    return _Ran(done.returncode == 0, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def _must(*arguments: str) -> None:
    ran = _run(*arguments)
    if not ran.ok:
        raise FfmpegFailed(ran.last)


def _read_whole(arguments: Sequence[str], duration_ms: int, progress: Callable[[int], None]) -> str:
    """Follows what reads a recording first, and sees that it came to its end. Raises FfmpegFailed.

    What is encoded cannot tell: it is filled up to its length. What was read is written down beside it, unchanged.
    """
    with tempfile.NamedTemporaryFile("r") as packets:
        copied = ("-map", "0:V:0?", "-map", "0:a:0", "-c", "copy", "-f", "framecrc", packets.name)
        said = _follow([*arguments, *copied], duration_ms, progress)
        if _BROKEN.search(said) or not _reaches(packets, duration_ms // 1000 - _LOOKED_AT - 1):
            raise FfmpegFailed("the recording was not read to its end")
    return said


def _follow(arguments: Sequence[str], duration_ms: int, progress: Callable[[int], None]) -> str:
    """Runs it and tells how far it is in percent; returns what it said. Raises FfmpegFailed."""
    command = [_program(), "-hide_banner", "-nostdin", "-nostats", "-y", "-progress", "pipe:1", *arguments]
    with tempfile.TemporaryFile("w+") as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as run:  # noqa: S603 (no shell)
            try:
                for at_us in accumulate(_times(run.stdout or ()), max):
                    progress(min(100, at_us // (10 * max(duration_ms, 1))))
            except BaseException:
                # Who is told of the progress may have had enough.
                run.kill()
                raise
        said.seek(0)
        text = said.read()
    if run.returncode != 0:
        raise FfmpegFailed((text.strip().splitlines() or ["(nothing)"])[-1])
    return text


def _times(lines: Iterable[str]) -> Iterator[int]:
    """How far it is, in microseconds, each time that it says so."""
    for line in lines:
        name, _, value = line.strip().partition("=")
        if name == "out_time_us" and value.isdigit():
            yield int(value)


def _ms(seconds: str) -> int:
    return round(float(seconds) * 1000)


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.3f}"
