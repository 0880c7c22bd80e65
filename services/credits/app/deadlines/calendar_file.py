"""A learner's deadlines as a calendar file (iCalendar, RFC 5545), with alarms when reminders are due."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from services.credits.app.accounts.read_account import CertificateBalance, read_account
from services.credits.app.context import RulesContext
from services.credits.app.deadlines.problems import NO_DEADLINES
from services.credits.app.texts.reasons import Text
from services.credits.app.texts.shortfalls import missing_text
from services.credits.app.texts.wording import period_zh
from services.credits.domain.deadlines import REMINDER_DAYS
from services.credits.domain.ids import LearnerId
from services.credits.domain.periods import years_of
from services.kit.days import ONE_DAY, civil_day

MAX_OCTETS = 75
"""Of a line; what is longer goes on after a line break and a space."""
MORNING = "15H"
"""From nine in the morning to midnight: alarms are counted back from the start of the last day."""


def calendar_file(ctx: RulesContext, learner_id: LearnerId) -> bytes:
    """The deadlines of the periods that run now and of their years, of certificates confirmed or not yet.

    Raises:
        Problem: NO_DEADLINES: a calendar cannot be empty.
    """
    balances = read_account(ctx, learner_id).certificates
    ending = [balance for balance in balances if balance.current.period.end is not None]
    if not ending:
        raise NO_DEADLINES.problem()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Xueshi//Credits//ZH", "CALSCALE:GREGORIAN"]
    for balance in ending:
        lines += _events(balance, learner_id, ctx.clock.now())
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


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


def _events(balance: CertificateBalance, learner_id: LearnerId, now: datetime) -> Iterator[str]:
    """Of each year that still runs, and of the period, which ends with its last year."""
    credential, current, today = balance.certificate.credential, balance.current, civil_day(now)
    for year in years_of(current.period):
        if year.end is None or year.end < today:
            continue
        of_year = year.end != current.period.end
        what = Text("年度最低学时截止", "end of a year") if of_year else Text("继续教育周期截止", "deadline")
        asked = [gap for gap in current.shortfalls if gap.span == year] if of_year else current.shortfalls
        missing = missing_text(asked, today)
        span = "" if of_year and asked else f"{period_zh(year if of_year else current.period)}。"
        yield from _event(
            uid=f"{credential}-{current.period.start}-{f'{year.end}-' if of_year else ''}{learner_id}@xueshi",
            day=year.end,
            summary=f"{credential} {what.zh} · {credential} {what.en}",
            description=f"{span}{missing.zh}\n{missing.en}",
            now=now,
        )


def _event(*, uid: str, day: date, summary: str, description: str, now: datetime) -> Iterator[str]:
    yield from (
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + ONE_DAY:%Y%m%d}",
        f"SUMMARY:{escaped(summary)}",
        f"DESCRIPTION:{escaped(description)}",
        "TRANSP:TRANSPARENT",
    )
    for days in REMINDER_DAYS:
        yield from (
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{escaped(summary)}",
            f"TRIGGER:-P{days - 1}DT{MORNING}",
            "END:VALARM",
        )
    yield "END:VEVENT"
