"""A learner's deadlines as a calendar file (iCalendar, RFC 5545), with alarms when reminders are due."""

from collections.abc import Iterable, Iterator
from datetime import date

from services.credits.app.accounts.read_account import CertificateBalance, read_account
from services.credits.app.context import RulesContext
from services.credits.app.deadlines.problems import NO_DEADLINES
from services.credits.app.texts.icalendar import CalendarEvent, calendar
from services.credits.app.texts.reasons import Text
from services.credits.app.texts.shortfalls import missing_text
from services.credits.app.texts.wording import period_zh
from services.credits.domain.deadlines import REMINDER_DAYS
from services.credits.domain.ids import LearnerId
from services.credits.domain.periods import years_of
from services.kit.days import civil_day


def calendar_file(ctx: RulesContext, learner_id: LearnerId) -> bytes:
    """The deadlines of the periods that run now and of their years, of certificates confirmed or not yet.

    Raises:
        Problem: NO_DEADLINES: a calendar cannot be empty.
    """
    now = ctx.clock.now()
    events = deadline_events(read_account(ctx, learner_id).certificates, learner_id, civil_day(now))
    if not events:
        raise NO_DEADLINES.problem()
    return calendar(events, now)


def deadline_events(balances: Iterable[CertificateBalance], learner_id: LearnerId, today: date) -> list[CalendarEvent]:
    """What ends on which day; nothing of a certificate whose period is open."""
    return [event for balance in balances for event in _events(balance, learner_id, today)]


def _events(balance: CertificateBalance, learner_id: LearnerId, today: date) -> Iterator[CalendarEvent]:
    """Of each year that still runs, and of the period, which ends with its last year."""
    credential, current = balance.certificate.credential, balance.current
    for year in years_of(current.period):
        if year.end is None or year.end < today:
            continue
        of_year = year.end != current.period.end
        what = Text("年度最低学时截止", "end of a year") if of_year else Text("继续教育周期截止", "deadline")
        asked = [gap for gap in current.shortfalls if gap.span == year] if of_year else current.shortfalls
        missing = missing_text(asked, today)
        span = "" if of_year and asked else f"{period_zh(year if of_year else current.period)}。"
        yield CalendarEvent(
            uid=f"{credential}-{current.period.start}-{f'{year.end}-' if of_year else ''}{learner_id}@xueshi",
            day=year.end,
            summary=f"{credential} {what.zh} · {credential} {what.en}",
            description=f"{span}{missing.zh}\n{missing.en}",
            alarm_days=REMINDER_DAYS,
        )
