"""A lecture as players find it behind one address: a single playlist, or a ladder of renditions to choose from.

A ladder is an HLS multivariant playlist (RFC 8216, 4.3.4). Each rendition is a lecture of its own, in its own folder,
with its own sound: our player chooses among whole renditions and knows no tracks apart.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from services.catalog.domain.media import MAX_RENDITIONS, PLAYLIST, RENDITION_PATTERN
from services.catalog.domain.playlist import (
    ATTRIBUTE,
    UNSUPPORTED,
    InvalidPlaylist,
    Playlist,
    read_playlist,
    split_playlist,
    telling_lines,
)
from services.catalog.domain.text_file import Fault

VARIANT = "#EXT-X-STREAM-INF"
_HAS_VARIANT = re.compile(rf"^{VARIANT}:".encode(), re.MULTILINE)
_PLACE = re.compile(rf"(?P<folder>{RENDITION_PATTERN}/){re.escape(PLAYLIST)}", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
_SIZE = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})", re.ASCII)
_APART = ("AUDIO", "VIDEO", "SUBTITLES")
"""Attributes that send players to tracks apart."""
_OF_SEGMENTS = frozenset({"#EXTINF", "#EXT-X-MAP", "#EXT-X-TARGETDURATION", "#EXT-X-ENDLIST", "#EXT-X-PLAYLIST-TYPE"})
_REFUSED = (UNSUPPORTED | _OF_SEGMENTS | {"#EXT-X-SESSION-DATA"}) - {VARIANT}


@dataclass(frozen=True)
class Variant:
    """What a ladder says of one rendition, and in which line.

    Members:
        folder: where its playlist lies, with a slash at its end.
        codecs: by RFC 6381, in lower case.
        size: width and height of the picture; None where only sound is announced.
    """

    line: int
    folder: str
    codecs: frozenset[str]
    size: tuple[int, int] | None


@dataclass(frozen=True)
class Rendition:
    """One of the ways to see or hear the lecture; `announced` is what the ladder says of it, if there is one."""

    playlist: Playlist
    announced: Variant | None = None

    @property
    def folder(self) -> str:
        """Where its files lie: empty, or with a slash at its end."""
        return self.announced.folder if self.announced else ""

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that playing it needs, its playlist included."""
        return tuple(self.folder + name for name in (PLAYLIST, self.playlist.init, *self.playlist.segments))


@dataclass(frozen=True)
class Presentation:
    """A complete lecture, in one rendition or several."""

    renditions: tuple[Rendition, ...]

    @property
    def duration_ms(self) -> int:
        """The lecture's length: that of its shortest rendition, which everybody can watch to the end."""
        return min(rendition.playlist.duration_ms for rendition in self.renditions)

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that playing it needs, the first playlist included."""
        ladder = () if self.renditions[0].folder == "" else (PLAYLIST,)
        return (*ladder, *(name for rendition in self.renditions for name in rendition.files))


class InvalidPresentation(Exception):
    """The playlists are none that we can publish; `faults` lists by file everything that is wrong."""

    def __init__(self, faults: dict[str, list[Fault]]) -> None:
        super().__init__(f"faults in {', '.join(faults)}")
        self.faults = faults


def read_presentation(content: bytes, read_file: Callable[[str], bytes | None]) -> Presentation:
    """Reads the playlist that a player begins with, and those it leads to.

    Args:
        content: of the first playlist.
        read_file: the bytes of another file by its path; None where there is none.

    Raises:
        InvalidPresentation: with everything that is wrong.
    """
    try:
        if not _HAS_VARIANT.search(content):
            return Presentation((Rendition(read_playlist(content)),))
        variants = _Ladder(split_playlist(content)).parse()
    except InvalidPlaylist as invalid:
        raise InvalidPresentation({PLAYLIST: invalid.faults}) from None
    faults: dict[str, list[Fault]] = {}
    renditions = []
    for variant in variants:
        try:
            renditions.append(Rendition(_playlist(variant, read_file), variant))
        except InvalidPlaylist as invalid:
            faults[variant.folder + PLAYLIST] = invalid.faults
    if faults:
        raise InvalidPresentation(faults)
    return Presentation(tuple(renditions))


def _playlist(variant: Variant, read_file: Callable[[str], bytes | None]) -> Playlist:
    content = read_file(variant.folder + PLAYLIST)
    if content is None:
        message = f"{PLAYLIST} 列出的文件不存在"
        raise InvalidPlaylist([Fault(1, message, f"listed in {PLAYLIST}, but there is no such file")])
    return read_playlist(content)


@dataclass
class _Ladder:
    lines: list[str]
    faults: list[Fault] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    pending: tuple[int, str] | None = None

    def parse(self) -> list[Variant]:
        for number, line in telling_lines(self.lines, self.faults):
            self._read(number, line)
        if self.pending:
            self._refuse(self.pending[0], f"{VARIANT} 没有播放列表文件", f"{VARIANT} has no playlist")
        self._check_whole()
        if self.faults:
            raise InvalidPlaylist(self.faults)
        return self.variants

    def _read(self, number: int, line: str) -> None:
        name, _, value = line.partition(":")
        if name == VARIANT:
            if self.pending:
                self._refuse(number, f"上一个 {VARIANT} 没有播放列表文件", f"the {VARIANT} before has no playlist")
            self.pending = number, value
        elif not line.startswith("#"):
            self._read_place(number, line)
        elif name in _REFUSED:
            self._refuse(number, f"不支持的标记 {name}", f"unsupported tag {name}")

    def _read_place(self, number: int, place: str) -> None:
        match = _PLACE.fullmatch(place)
        if not match:
            message = f"「{place[:80]}」应为 720p/{PLAYLIST}、audio/{PLAYLIST} 这样的播放列表"
            message_en = f"“{place[:80]}” must be a playlist such as 720p/{PLAYLIST} or audio/{PLAYLIST}"
            self._refuse(number, message, message_en)
        elif self.pending is None:
            self._refuse(number, f"{place} 缺少 {VARIANT}", f"{place} has no {VARIANT}")
        elif any(variant.folder == match["folder"] for variant in self.variants):
            self._refuse(number, f"{place} 重复出现", f"{place} is listed twice")
        else:
            self._read_variant(*self.pending, match["folder"])
        self.pending = None

    def _read_variant(self, number: int, value: str, folder: str) -> None:
        said = {found[1]: found[2] if found[2] is not None else found[3] for found in ATTRIBUTE.finditer(value)}
        for name in _APART:
            if name in said:
                message = f"不支持 {name}:每个清晰度要自带声音"
                self._refuse(number, message, f"{name} is not supported: each rendition must have its own sound")
        if not _NUMBER.fullmatch(said.get("BANDWIDTH", "")):
            self._refuse(number, "BANDWIDTH 应为每秒比特数", "BANDWIDTH must be a number of bits per second")
        codecs = frozenset(codec.strip().lower() for codec in said.get("CODECS", "").split(",")) - {""}
        if not codecs:
            self._refuse(number, "缺少 CODECS", "CODECS is missing")
        size = _SIZE.fullmatch(said.get("RESOLUTION", ""))
        if "RESOLUTION" in said and not size:
            self._refuse(number, "RESOLUTION 应为宽x高，例如 1280x720", "RESOLUTION must be such as 1280x720")
        self.variants.append(Variant(number, folder, codecs, (int(size[1]), int(size[2])) if size else None))

    def _check_whole(self) -> None:
        silent = [variant for variant in self.variants if variant.size is None]
        if len(self.variants) > MAX_RENDITIONS:
            self._refuse(1, f"最多 {MAX_RENDITIONS} 个清晰度", f"at most {MAX_RENDITIONS} renditions")
        for variant in silent[1:]:
            message = "只能有一个没有 RESOLUTION 的清晰度，即只有声音的"
            self._refuse(variant.line, message, "only one rendition may have no RESOLUTION: the one of sound alone")
        if not self.faults and len(silent) == len(self.variants):
            self._refuse(1, "没有带画面的清晰度", "there is no rendition with a picture")

    def _refuse(self, line: int, message: str, message_en: str) -> None:
        self.faults.append(Fault(line, message, message_en))
