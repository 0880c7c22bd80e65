"""What is watched: the HLS files of a lecture, their length, and the version they make."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from services.catalog.domain.ids import ContentId

PLAYLIST = "index.m3u8"
MAX_SEGMENTS = 3_000
MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_PLAYLIST_BYTES = 512 * 1024
MAX_CAPTION_BYTES = 1024 * 1024
MAX_CAPTIONS = 10
FILE_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.(m3u8|mp4|m4s)"
LANGUAGE_PATTERN = r"[a-z]{2,3}(-[A-Za-z]{4})?(-[A-Z]{2})?"
VERSION_LENGTH = 16

_HEADER = "#EXTM3U"
_HARMLESS = (
    "#EXT-X-VERSION:", "#EXT-X-TARGETDURATION:", "#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD",
    "#EXT-X-INDEPENDENT-SEGMENTS",
)  # fmt: skip
_MAP = re.compile(r'#EXT-X-MAP:URI="([^"]*)"')
_LENGTH = re.compile(r"#EXTINF:([0-9]{1,5}(?:\.[0-9]{1,9})?),[^\r\n]*", re.ASCII)
_END = "#EXT-X-ENDLIST"


@dataclass(frozen=True)
class MediaFile:
    """A file by its name, its SHA-256 in hexadecimal and its size."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Caption:
    """Subtitles (WebVTT) in one language."""

    language: str
    sha256: str
    bytes: int

    @property
    def path(self) -> str:
        """Where it lies beside the media. Named by its content: corrected subtitles never replace a stored file."""
        return f"captions/{self.language}.{self.sha256[:12]}.vtt"


@dataclass(frozen=True)
class Fault:
    """What is wrong in one line (from 1) of a text file."""

    line: int
    message: str
    message_en: str


class InvalidPlaylist(Exception):
    """The playlist is none we can publish; `faults` lists everything that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} fault(s)")
        self.faults = faults


@dataclass(frozen=True)
class Playlist:
    """A complete lecture: its start (the fMP4 header) and its segments in order."""

    duration_ms: int
    init: str
    segments: tuple[str, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that playing it needs, the playlist included."""
        return (PLAYLIST, self.init, *self.segments)


def parse_playlist(text: str) -> Playlist:
    """Reads an HLS media playlist of a finished lecture in fMP4 segments, all in one folder.

    The duration is the sum of its EXTINF lengths, cut to whole milliseconds.

    Raises:
        InvalidPlaylist: with everything that is wrong.
    """
    return _Parser(text).parse()


def content_version(files: Sequence[MediaFile], max_rate: Decimal, questions_digest: str = "") -> str:
    """The version of what is watched, 16 hexadecimal digits: the same for the same files, policy and questions."""
    listed = sorted((file.path, file.sha256, file.bytes) for file in files)
    whole = {"files": listed, "max_rate": str(max_rate), "questions": questions_digest}
    if not questions_digest:
        del whole["questions"]
    canonical = json.dumps(whole, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:VERSION_LENGTH]


def media_prefix(content_id: ContentId, version: str) -> str:
    """The folder of one content version: an object key, and with a slash before it the public path."""
    return f"media/{content_id}/{version}/"


@dataclass
class _Parser:
    text: str
    faults: list[Fault] = field(default_factory=list)
    init: str = ""
    segments: list[str] = field(default_factory=list)
    total: Decimal = Decimal(0)
    pending: Decimal | None = None
    ended: bool = False

    def parse(self) -> Playlist:
        for number, line in self._lines():
            self._read(number, line)
        self._check_whole()
        if self.faults:
            raise InvalidPlaylist(self.faults)
        return Playlist(int(self.total * 1000), self.init, tuple(self.segments))

    def _lines(self) -> Iterator[tuple[int, str]]:
        lines = self.text.splitlines()
        if not lines or lines[0].rstrip() != _HEADER:
            self._refuse(1, f"第一行必须是 {_HEADER}", f"the first line must be {_HEADER}")
        for number, line in enumerate(lines[1:], start=2):
            if line.strip():
                yield number, line.strip()

    def _read(self, number: int, line: str) -> None:
        if self.ended:
            self._refuse(number, f"{_END} 之后不能再有内容", f"nothing may follow {_END}")
        elif line == _END:
            self.ended = True
        elif match := _LENGTH.fullmatch(line):
            self._read_length(number, Decimal(match[1]))
        elif match := _MAP.fullmatch(line):
            self._read_init(number, match[1])
        elif not line.startswith("#"):
            self._read_segment(number, line)
        elif line.startswith("#EXT") and not line.startswith(_HARMLESS):
            tag = line.split(":")[0]
            self._refuse(number, f"不支持的标记 {tag}", f"unsupported tag {tag}")

    def _read_length(self, number: int, seconds: Decimal) -> None:
        if self.pending is not None:
            self._refuse(number, "上一个 #EXTINF 没有片段文件", "the #EXTINF before has no segment")
        if seconds <= 0:
            self._refuse(number, "片段时长必须大于 0", "a segment's length must be above 0")
        self.pending = seconds

    def _read_init(self, number: int, name: str) -> None:
        if self.init or self.segments:
            self._refuse(number, "只能有一个 #EXT-X-MAP，且在片段之前", "one #EXT-X-MAP only, before the segments")
        self._check_name(number, name)
        self.init = name

    def _read_segment(self, number: int, name: str) -> None:
        self._check_name(number, name)
        if self.pending is None:
            self._refuse(number, f"片段 {name[:80]} 缺少 #EXTINF", f"segment {name[:80]} has no #EXTINF")
        if name in self.segments or name in (self.init, PLAYLIST):
            self._refuse(number, f"文件 {name[:80]} 重复出现", f"file {name[:80]} is listed twice")
        self.total += self.pending or 0
        self.pending = None
        self.segments.append(name)

    def _check_name(self, number: int, name: str) -> None:
        if not re.fullmatch(FILE_PATTERN, name, re.ASCII):
            self._refuse(
                number,
                f"文件名「{name[:80]}」只能是同一文件夹中的 .mp4 或 .m4s 文件",
                f"“{name[:80]}” must name an .mp4 or .m4s file in the same folder",
            )

    def _check_whole(self) -> None:
        last = len(self.text.splitlines()) or 1
        if not self.init:
            self._refuse(last, "缺少 #EXT-X-MAP(需要 fMP4 片段)", "#EXT-X-MAP is missing (fMP4 segments are needed)")
        if not self.segments:
            self._refuse(last, "没有任何片段", "there are no segments")
        if len(self.segments) > MAX_SEGMENTS:
            self._refuse(last, f"最多 {MAX_SEGMENTS} 个片段", f"at most {MAX_SEGMENTS} segments")
        if self.pending is not None:
            self._refuse(last, "最后的 #EXTINF 没有片段文件", "the last #EXTINF has no segment")
        if not self.ended:
            self._refuse(last, f"缺少 {_END}", f"{_END} is missing")

    def _refuse(self, line: int, message: str, message_en: str) -> None:
        self.faults.append(Fault(line, message, message_en))
