"""Reads the captions that an editor brings: SubRip or WebVTT, in whatever encoding their program wrote."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace

import webvtt
from charset_normalizer import from_bytes

from services.catalog.app.ports import CaptionFile, UnreadableCaptions
from services.catalog.domain.media import MAX_CAPTION_BYTES
from services.catalog.domain.text_file import Fault
from services.catalog.domain.transcript import Cue, tidy

_ENCODINGS = ["utf_8", "gb18030", "big5", "utf_16_le", "utf_16_be"]
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SUBRIP_TIMES = re.compile(r"^(.*-->.*)$", re.MULTILINE)
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_UNSHOWN = re.compile(r"(?:WEBVTT|NOTE|STYLE|REGION)(?:\s.*)?", re.DOTALL)
_NUMBER = re.compile(r"\s*[0-9]+\s*")
_SETTING = re.compile(r"(?:vertical|line|position|size|align):[^\s<>]+")
"""Of those that WebVTT knows, what needs nothing else of the file."""
_CLOCK = r"((?:\d+:)?\d{1,2}:\d{1,2}\.\d{1,3})"
"""As the library reads them, in digits of any script."""
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}")


def read_captions(content: bytes) -> CaptionFile:
    """The cues of a SubRip or WebVTT file.

    Raises:
        UnreadableCaptions: it is too large, in no known encoding, or no cue of it says anything.
    """
    if len(content) > MAX_CAPTION_BYTES:
        limit = MAX_CAPTION_BYTES // 1024
        raise UnreadableCaptions(Fault(1, f"文件最大 {limit} KB", f"at most {limit} KB"))
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    lines = _as_webvtt(text).split("\n")
    added = len(lines) - len(text.split("\n"))
    captions = webvtt.from_string("\n".join(lines)).captions
    numbers = list(_numbers(captions, lines))
    cues = tuple(_cue(caption, number - added) for caption, number in zip(captions, numbers, strict=True))
    if not any(tidy(cue.text) for cue in cues):
        raise UnreadableCaptions(Fault(1, "没有可读的字幕", "there are no cues that can be read"))
    return CaptionFile(cues, tuple(replace(f, line=f.line - added) for f in _unread(lines, set(numbers))))


def _decoded(content: bytes) -> str:
    """By its mark, as UTF-8, or by what the bytes look most like."""
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding, errors="replace").lstrip("\ufeff")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        guess = from_bytes(content, cp_isolation=_ENCODINGS).best()
    if guess is None:
        message = "无法识别文字编码，请另存为 UTF-8"
        raise UnreadableCaptions(Fault(1, message, "in no encoding that is known; save it as UTF-8"))
    return str(guess)


def _as_webvtt(text: str) -> str:
    """SubRip differs in the comma of its times, and has no header."""
    if text.startswith("WEBVTT"):
        return text
    return "WEBVTT\n\n" + _SUBRIP_TIMES.sub(lambda line: line[1].replace(",", "."), text)


def _numbers(captions: Iterable[webvtt.Caption], lines: Sequence[str]) -> Iterator[int]:
    """The lines that have the captions' times, which the library does not tell."""
    timed = ((number, times) for number, line in enumerate(lines, start=1) if (times := _TIMES.match(line)))
    for caption in captions:
        wanted = _ms(caption.start), _ms(caption.end)
        yield next(number for number, times in timed if (_ms(times[1]), _ms(times[2])) == wanted)


def _cue(caption: webvtt.Caption, line: int) -> Cue:
    text = "\n".join(html.unescape(_OVERRIDE.sub("", shown)).replace("\n", " ") for shown in caption.text.split("\n"))
    settings = " ".join(_SETTING.findall(str(caption.settings)))
    speaker, name = caption.voice or "", caption.identifier or ""
    return Cue(_ms(caption.start), _ms(caption.end), text, speaker, name, settings, line)


def _ms(clock: str) -> int:
    seconds, thousandths = clock.split(".")
    *hours, minutes, rest = (int(part) for part in seconds.split(":"))
    return ((sum(hours) * 60 + minutes) * 60 + rest) * 1000 + int(thousandths.ljust(3, "0"))


def _unread(lines: Sequence[str], read: Set[int]) -> Iterator[Fault]:
    """Text without times, and times that are none."""
    number = 0
    for block in "\n".join(lines).split("\n\n"):
        number += 1
        shown = block.strip("\n")
        if shown and "-->" not in shown and not _UNSHOWN.fullmatch(shown) and not _NUMBER.fullmatch(shown):
            missed = block.count("\n") - block.lstrip("\n").count("\n")
            yield Fault(number + missed, "这段文字没有时间，没有读入", "text without times was left out")
        number += block.count("\n") + 1
    for place, line in enumerate(lines, start=1):
        if "-->" in line and place not in read:
            yield Fault(place, "时间无法读取，没有读入", "times that cannot be read: it was left out")
