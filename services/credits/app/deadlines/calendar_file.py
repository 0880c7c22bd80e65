"""A learner's deadlines as a calendar file (iCalendar, RFC 5545), with alarms when reminders are due."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from services.credits.app.accounts.read_account import CertificateBalance, read_account
from services.credits.app.context import RulesContext
from services.credits.app.deadlines.problems import NO_DEADLINES
from services.credits.app.texts.notices import missing_text
from services.credits.app.texts.wording import period_zh
from services.credits.domain.balances import PeriodBalance
from services.credits.domain.credentials import Credential
from services.credits.domain.deadlines import REMINDER_DAYS
from services.credits.domain.ids import LearnerId
from services.credits.domain.notices import DeadlineMessage
from services.kit.days import ONE_DAY, civil_day

MAX_OCTETS = 75
"""Of a line; what is longer goes on after a line break and a space."""
MORNING = "15H"
"""From nine in the morning to midnight: alarms are counted back from the start of the last day."""


def calendar_file(ctx: RulesContext, learner_id: LearnerId) -> bytes:
    """The deadlines of the periods that run now, of confirmed certificates and of those that wait to be.

    Raises:
        Problem: NO_DEADLINES: a calendar cannot be empty.
    """
    balances = read_account(ctx, learner_id).certificates
    ending = [balance for balance in balances if balance.current.period.end is not None]
    if not ending:
        raise NO_DEADLINES.problem()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Xueshi//Credits//ZH", "CALSCALE:GREGORIAN"]
    for balance in ending:
        lines += _event(balance, learner_id, ctx.clock.now())
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


def _event(balance: CertificateBalance, learner_id: LearnerId, now: datetime) -> Iterator[str]:
    certificate, current = balance.certificate, balance.current
    end = current.period.end
    assert end is not None  # noqa: S101 (for the type checker: the caller chose those that end)
    missing = missing_text(_told(certificate.credential, current, end, now))
    summary = f"{certificate.credential} 继续教育周期截止 · {certificate.credential} deadline"
    description = f"{period_zh(current.period)}。{missing.zh}\n{missing.en}"
    yield from (
        "BEGIN:VEVENT",
        f"UID:{certificate.credential}-{current.period.start}-{learner_id}@xueshi",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{end:%Y%m%d}",
        f"DTEND;VALUE=DATE:{end + ONE_DAY:%Y%m%d}",
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


def _told(credential: Credential, balance: PeriodBalance, end: date, now: datetime) -> DeadlineMessage:
    return DeadlineMessage(
        credential=credential,
        deadline=end,
        days_left=(end - civil_day(now)).days,
        remaining=balance.remaining,
        compulsory_remaining=balance.compulsory_remaining,
        year_remaining=balance.years[-1].remaining,
    )
