"""Checks subtitles in WebVTT."""

import re
from collections.abc import Iterator

from services.catalog.domain.media import Fault

_CLOCK = r"(?:([0-9]{2,}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
_TIMING = re.compile(rf"{_CLOCK}[ \t]+-->[ \t]+{_CLOCK}(?:[ \t].*)?", re.ASCII)


def check_captions(text: str, duration_ms: int) -> list[Fault]:
    """Everything that is wrong: no header, unreadable, reversed or falling times, cues after the lecture's end."""
    faults = list(_check_times(text, duration_ms))
    if not re.match(r"\ufeff?WEBVTT(?:[ \t\r\n]|$)", text):
        faults.insert(0, Fault(1, "第一行必须是 WEBVTT", "the first line must be WEBVTT"))
    if "-->" not in text:
        faults.append(Fault(1, "没有任何字幕", "there are no cues"))
    return faults


def _check_times(text: str, duration_ms: int) -> Iterator[Fault]:
    previous = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if "-->" not in line:
            continue
        match = _TIMING.fullmatch(line.strip())
        if not match:
            yield Fault(number, "时间格式应为 MM:SS.mmm --> MM:SS.mmm", "times must be MM:SS.mmm --> MM:SS.mmm")
            continue
        start, end = _ms(match.groups()[:4]), _ms(match.groups()[4:])
        if end <= start:
            yield Fault(number, "结束时间必须晚于开始时间", "a cue must end after it starts")
        if start < previous:
            yield Fault(number, "字幕没有按时间排列", "cues are not in the order of time")
        if start >= duration_ms:
            yield Fault(number, "字幕开始于视频结束之后", "the cue starts after the lecture's end")
        previous = start


def _ms(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, milliseconds = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
