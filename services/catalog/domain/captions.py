"""Checks subtitles: whatever a file in WebVTT says must be shown, and the times of any cues must be such.

Browsers divide a file into blocks at its empty lines, and show of a block what stands below its times.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from services.catalog.domain.media import MAX_CAPTION_BYTES
from services.catalog.domain.text_file import Fault, UnreadableText, read_text
from services.catalog.domain.transcript import Cue

_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_METADATA = re.compile(r"[A-Za-z-]+[:=].*")
_UNSHOWN = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")
_ARROW = "-->"
_CLOCK = r"(?:([0-9]{2,}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
_TIMING = re.compile(rf"{_CLOCK}[ \t]+-->[ \t]+{_CLOCK}(?:[ \t]+[A-Za-z]+:[^ \t]+)*", re.ASCII)
_CLASSES = r"(?:\.[^ \t<>]*)?"
_TAG = re.compile(
    rf"</?(?:c|i|b|u|v|ruby|rt|lang){_CLASSES}>|<(?:v|lang){_CLASSES}[ \t][^<>]*>|<{_CLOCK}>",
    re.ASCII,
)

_Line = tuple[int, str]
"""A line with its number, from 1."""


def check_captions(content: bytes, duration_ms: int | None) -> list[Fault]:
    """Everything that is wrong.

    No header, text that browsers would not show, unreadable, reversed or falling times, cues after the lecture's end
    (None: it is not known).
    """
    try:
        text = read_text(content, MAX_CAPTION_BYTES)
    except UnreadableText as unreadable:
        return [unreadable.fault]
    return _Checker(duration_ms).check(text)


def check_times(cues: Iterable[Cue], duration_ms: int | None) -> Iterator[Fault]:
    """What is wrong with the times of cues in the order of their file: reversed, falling, after the lecture's end."""
    previous_ms = 0
    for cue in cues:
        if cue.end_ms <= cue.start_ms:
            yield Fault(cue.line, "结束时间必须晚于开始时间", "a cue must end after it starts")
        if cue.start_ms < previous_ms:
            yield Fault(cue.line, "字幕没有按时间排列", "cues are not in the order of time")
        if duration_ms is not None and cue.start_ms >= duration_ms:
            yield Fault(cue.line, "字幕开始于视频结束之后", "the cue starts after the lecture's end")
        previous_ms = cue.start_ms


def overlapping(cues: Iterable[Cue]) -> list[int]:
    """The lines with the times of cues that begin while the one before is still shown, so that both are."""
    return [cue.line for before, cue in pairwise(cues) if cue.start_ms < before.end_ms]


@dataclass
class _Checker:
    duration_ms: int | None
    faults: list[Fault] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)

    def check(self, text: str) -> list[Fault]:
        head, *blocks = _blocks(text)
        self._check_head(head)
        for block in blocks:
            self._check_block(block)
        if _ARROW not in text:
            self._find(1, "没有任何字幕", "there are no cues")
        return sorted([*self.faults, *check_times(self.cues, self.duration_ms)], key=lambda fault: fault.line)

    def _check_head(self, head: list[_Line]) -> None:
        """The first line, and what stands directly below it: metadata, or the first cue."""
        (_, first), *rest = head
        cue = [line for line in rest if not _METADATA.fullmatch(line[1]) or _ARROW in line[1]]
        if not _HEADER.fullmatch(first):
            self._find(1, "第一行必须是 WEBVTT", "the first line must be WEBVTT")
        elif cue:
            self._check_block(cue)

    def _check_block(self, block: list[_Line]) -> None:
        times = [place for place, (_, line) in enumerate(block) if _ARROW in line]
        number, first = block[0]
        if (not times or times[0] > 1) and not _UNSHOWN.fullmatch(first):
            message = "这段文字没有时间，不会显示(字幕内不能有空行)"
            self._find(number, message, "text without times is not shown (a cue has no empty line)")
        for place in times:
            self._read_times(*block[place])
        if times:
            self._check_tags(block[times[0] + 1 :])

    def _read_times(self, number: int, line: str) -> None:
        match = _TIMING.fullmatch(line.strip(" \t"))
        if match:
            start, end = _ms(match.groups()[:4]), _ms(match.groups()[4:])
            self.cues.append(Cue(start, end, "", line=number))
        else:
            self._find(number, "时间格式应为 MM:SS.mmm --> MM:SS.mmm", "times must be MM:SS.mmm --> MM:SS.mmm")

    def _check_tags(self, lines: list[_Line]) -> None:
        for number, line in lines:
            if _ARROW not in line and "<" in _TAG.sub("", line):
                message = "「<」之后的文字不会显示；请写成 &lt;"
                self._find(number, message, "what follows “<” is not shown; write &lt;")

    def _find(self, line: int, message: str, message_en: str) -> None:
        self.faults.append(Fault(line, message, message_en))


def _blocks(text: str) -> Iterator[list[_Line]]:
    """The lines between empty ones; the first begins with the first line, even an empty one."""
    block: list[_Line] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line or number == 1:
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _ms(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, milliseconds = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
