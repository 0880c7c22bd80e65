"""Reads HLS playlists of finished lectures (RFC 8216)."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from services.catalog.domain.media import MAX_PLAYLIST_BYTES, MAX_SEGMENTS
from services.catalog.domain.text_file import Fault, UnreadableText, read_text

_HEADER = "#EXTM3U"
_END = "#EXT-X-ENDLIST"
_TARGET = "#EXT-X-TARGETDURATION"
_MAP = "#EXT-X-MAP"
_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.(mp4|m4s)", re.ASCII)
_LENGTH = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,15})?),.*", re.ASCII)
ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=(?:"([^"]*)"|([^",]*))(?:,|$)', re.ASCII)
"""Of a tag: its name, and its value in quotes or without."""
_LOOSE_LENGTH = re.compile(rb"^#EXTINF:[ \t]*([0-9.]+)[ \t]*,", re.MULTILINE)

_ONCE = {
    "#EXT-X-VERSION": "[0-9]{1,2}",
    _TARGET: "[0-9]{1,5}",
    "#EXT-X-MEDIA-SEQUENCE": "[0-9]{1,15}",
    "#EXT-X-DISCONTINUITY-SEQUENCE": "[0-9]{1,15}",
    "#EXT-X-PLAYLIST-TYPE": "VOD|EVENT",
}
"""Tags that say something of the whole playlist, with the form of their values."""

UNSUPPORTED = frozenset(
    f"#EXT-X-{name}"
    for name in (
        "BYTERANGE", "CONTENT-STEERING", "DEFINE", "DISCONTINUITY", "GAP", "I-FRAMES-ONLY", "I-FRAME-STREAM-INF", "KEY",
        "MEDIA", "PART", "PART-INF", "PRELOAD-HINT", "RENDITION-REPORT", "SERVER-CONTROL", "SESSION-KEY", "SKIP",
        "START", "STREAM-INF",
    )
)  # fmt: skip
"""Tags that change what is played, or from where on. Players ignore what they do not know, and so do we."""

_UNENCRYPTED = "#EXT-X-KEY:METHOD=NONE"


class InvalidPlaylist(Exception):
    """The playlist is none we can publish; `faults` lists everything that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} fault(s)")
        self.faults = faults


@dataclass(frozen=True)
class Playlist:
    """A complete lecture: its start (the fMP4 header), its segments in order, and each one's length in seconds."""

    duration_ms: int
    init: str
    segments: tuple[str, ...]
    lengths: tuple[Decimal, ...]


def tidy_playlist(content: bytes) -> bytes:
    """The playlist without blanks around its lengths: hls.js takes the comma after one for a file's name."""
    return _LOOSE_LENGTH.sub(rb"#EXTINF:\1,", content)


def read_playlist(content: bytes) -> Playlist:
    """Reads an HLS media playlist of a finished lecture in fMP4 segments, all in one folder.

    The duration is the sum of its EXTINF lengths, cut to whole milliseconds.

    Raises:
        InvalidPlaylist: with everything that is wrong.
    """
    return _Parser(split_playlist(content)).parse()


def split_playlist(content: bytes) -> list[str]:
    """The lines of an HLS playlist. Raises InvalidPlaylist where it is no text that players read."""
    if content.startswith(codecs.BOM_UTF8):
        message = "开头有字节顺序标记(BOM),播放器会拒绝;请保存为不带 BOM 的 UTF-8"
        message_en = "begins with a byte order mark, which players refuse; save it as UTF-8 without one"
        raise InvalidPlaylist([Fault(1, message, message_en)])
    try:
        return read_text(content, MAX_PLAYLIST_BYTES).split("\n")
    except UnreadableText as unreadable:
        raise InvalidPlaylist([unreadable.fault]) from None


def telling_lines(lines: list[str], faults: list[Fault]) -> Iterator[tuple[int, str]]:
    """The lines after the first that say something, with their numbers from 1; what is wrong goes into `faults`."""
    if lines[0] != _HEADER:
        faults.append(Fault(1, f"第一行必须是 {_HEADER}", f"the first line must be {_HEADER}"))
    for number, line in enumerate(lines[1:], start=2):
        shown = line.rstrip(" \t")
        if shown.startswith((" ", "\t")):
            faults.append(Fault(number, "行首不能有空格", "a line must not begin with a blank"))
        if shown:
            yield number, shown.lstrip(" \t")


@dataclass
class _Parser:
    lines: list[str]
    faults: list[Fault] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    init: str = ""
    segments: dict[str, Decimal] = field(default_factory=dict)
    pending: Decimal | None = None
    ended: bool = False

    def parse(self) -> Playlist:
        for number, line in telling_lines(self.lines, self.faults):
            self._read(number, line)
        self._check_whole()
        if self.faults:
            raise InvalidPlaylist(self.faults)
        lengths = tuple(self.segments.values())
        return Playlist(int(sum(lengths, Decimal(0)) * 1000), self.init, tuple(self.segments), lengths)

    def _read(self, number: int, line: str) -> None:
        name, _, value = line.partition(":")
        if self.ended and (line.startswith("#EXT") or not line.startswith("#")):
            self._refuse(number, f"{_END} 之后不能再有内容", f"nothing may follow {_END}")
        elif line == _END:
            self.ended = True
        elif name == "#EXTINF":
            self._read_length(number, value)
        elif name == _MAP:
            self._read_init(number, value)
        elif name in _ONCE:
            self._read_once(number, name, value)
        elif not line.startswith("#"):
            self._read_segment(number, line)
        elif name in UNSUPPORTED and line != _UNENCRYPTED:
            self._refuse(number, f"不支持的标记 {name}", f"unsupported tag {name}")

    def _read_once(self, number: int, name: str, value: str) -> None:
        if not re.fullmatch(_ONCE[name], value, re.ASCII):
            shown = value[:80]
            self._refuse(number, f"{name} 的值「{shown}」无效", f"“{shown}” is no value of {name}")
        self._check_once(number, name)

    def _read_length(self, number: int, value: str) -> None:
        if self.pending is not None:
            self._refuse(number, "上一个 #EXTINF 没有片段文件", "the #EXTINF before has no segment")
        match = _LENGTH.fullmatch(value)
        self.pending = Decimal(match[1]) if match else Decimal(0)
        if not match:
            message = "#EXTINF 应为秒数，其后紧跟逗号，例如 #EXTINF:4.000000,"
            message_en = "#EXTINF must have a length in seconds with a comma right after it, such as #EXTINF:4.000000,"
            self._refuse(number, message, message_en)
        elif not self.pending:
            self._refuse(number, "片段时长必须大于 0", "a segment's length must be above 0")

    def _read_init(self, number: int, value: str) -> None:
        self._check_once(number, _MAP)
        attributes = {found[1]: found[2] or "" for found in ATTRIBUTE.finditer(value)}
        if "BYTERANGE" in attributes:
            message = "#EXT-X-MAP 不支持 BYTERANGE:文件头必须是单独的文件"
            message_en = "BYTERANGE in #EXT-X-MAP is not supported: the header must be a file of its own"
            self._refuse(number, message, message_en)
        self.init = attributes.get("URI", "")
        self._check_name(number, self.init)

    def _read_segment(self, number: int, name: str) -> None:
        self._check_name(number, name)
        if self.pending is None:
            self._refuse(number, f"片段 {name[:80]} 缺少 #EXTINF", f"segment {name[:80]} has no #EXTINF")
        if name in self.segments or name == self.init:
            self._refuse(number, f"文件 {name[:80]} 重复出现", f"file {name[:80]} is listed twice")
        self.segments[name] = self.pending or Decimal(0)
        self.pending = None

    def _check_once(self, number: int, name: str) -> None:
        if name in self.seen or self.segments:
            self._refuse(number, f"只能有一个 {name}，且在片段之前", f"one {name} only, before the segments")
        self.seen.add(name)

    def _check_name(self, number: int, name: str) -> None:
        if not _SEGMENT.fullmatch(name):
            self._refuse(
                number,
                f"文件名「{name[:80]}」只能是同一文件夹中的 .mp4 或 .m4s 文件",
                f"“{name[:80]}” must name an .mp4 or .m4s file in the same folder",
            )

    def _check_whole(self) -> None:
        last = len(self.lines) if self.lines[-1] else max(len(self.lines) - 1, 1)
        if _TARGET not in self.seen:
            self._refuse(1, f"缺少 {_TARGET}", f"{_TARGET} is missing")
        if _MAP not in self.seen:
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
