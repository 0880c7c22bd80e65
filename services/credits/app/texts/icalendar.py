"""The form of a calendar file (iCalendar, RFC 5545). Its days are civil days in Asia/Shanghai, the whole of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from services.kit.days import ONE_DAY

MAX_OCTETS = 75
"""Of a line; what is longer goes on after a line break and a space."""
MORNING = "15H"
"""From nine in the morning to midnight: alarms are counted back from the start of the event's day."""


@dataclass(frozen=True)
class CalendarEvent:
    """Something on a day. `uid` stays the same, so that whoever imports it again updates it.

    `alarm_days`: how many days before its day an alarm comes, at nine in the morning.
    """

    uid: str
    day: date
    summary: str
    description: str
    alarm_days: tuple[int, ...]


def calendar(events: Iterable[CalendarEvent], now: datetime) -> bytes:
    """The file, made at an instant."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Xueshi//Credits//ZH",
        "CALSCALE:GREGORIAN",
        *(line for event in events for line in _lines(event, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines).encode()


def folded(line: str) -> str:
    """A content line with breaks so that no part is longer than 75 octets; no character is cut in two."""
    parts, part, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > MAX_OCTETS:
            parts.append(part)
            part, size = "", 1  # the space that the next part begins with
        part, size = part + character, size + octets
    return "\r\n ".join([*parts, part])


def escaped(text: str) -> str:
    """A text value: backslash, semicolon, comma and line breaks."""
    for plain, code in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, code)
    return text


def _lines(event: CalendarEvent, now: datetime) -> Iterator[str]:
    yield from (
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.day + ONE_DAY:%Y%m%d}",
        f"SUMMARY:{escaped(event.summary)}",
        f"DESCRIPTION:{escaped(event.description)}",
        "TRANSP:TRANSPARENT",
    )
    for days in event.alarm_days:
        yield from (
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{escaped(event.summary)}",
            f"TRIGGER:-P{days - 1}DT{MORNING}",
            "END:VALARM",
        )
    yield "END:VEVENT"
