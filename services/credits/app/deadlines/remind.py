"""Reminding learners of deadlines: each confirmed certificate is filed under the day its period ends, and a daily walk
reads the few days that matter, never the table: a year of a period ends a whole number of years before the period.

The walk goes on from the day it last finished, that one included, so missed days are made up and a certificate
confirmed after the day's walk is found by the next. A mark that never expires makes each reminder happen once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.credits.app.certificates.items import current_certificates
from services.credits.app.context import RulesContext
from services.credits.app.deadlines.items import (
    Deadline,
    Reminder,
    WalkMark,
    deadline_key,
    deadlines_pk,
    reminder_key,
    walk_key,
    year_reminder_key,
)
from services.credits.app.ledger.items import read_entries
from services.credits.app.metrics import REMINDERS
from services.credits.domain.awarding import period_on
from services.credits.domain.balances import PeriodBalance, Shortfall, period_balance
from services.credits.domain.deadlines import REMINDER_DAYS, due_reminder, period_ends
from services.credits.domain.periods import Period, years_of
from services.credits.events.consumed import AboutCertificate
from services.credits.events.published import DeadlineApproaching, MissingHours, YearEnding
from services.kit.days import ONE_DAY, civil_day
from services.kit.events import Envelope
from services.kit.observability import count
from services.kit.store import Change, Key, Put, Store, commit_retrying, read_or
from services.kit.store.pages import every


@dataclass(frozen=True)
class DaysLeft:
    """That so many days are left until `end`, and which reminder that makes due."""

    end: date
    reminder: int
    left: int


@dataclass(frozen=True)
class Due:
    """A reminder that is due: what it tells, and the mark that it was given."""

    mark: Key
    told: DeadlineApproaching | YearEnding


def file_deadline(ctx: RulesContext, event: Envelope) -> None:
    """Files a certificate under the end of its current period, once it is confirmed. Safe to repeat.

    Raises:
        ValueError: the event names no certificate.
        Conflict: others kept writing; the queue delivers the event again.
    """
    about = AboutCertificate.model_validate(event.data)
    _file(ctx, Deadline(about.learner_id, about.credential), civil_day(ctx.clock.now()))


def remind_learners(ctx: RulesContext) -> tuple[int, int]:
    """Does all that is due by today; returns how many days it walked, and how many reminders it gave.

    Raises:
        Conflict: others kept writing; the next call goes on.
    """
    today = civil_day(ctx.clock.now())
    # The first walk of all looks back as far as a reminder can still be due.
    walked = read_or(ctx.store, walk_key(), WalkMark(today - REMINDER_DAYS[0] * ONE_DAY))
    day, days, given = min(walked.value.day, today), 0, 0
    while day <= today:
        given += _walk(ctx, day, today)
        days, day = days + 1, day + ONE_DAY
    if walked.value.day < today:
        ctx.store.commit(Change([walked.put(replace(walked.value, day=today))]))
    return days, given


def _walk(ctx: RulesContext, day: date, today: date) -> int:
    """One day's reminders, and what ended the day before filed under its next period's end."""
    given = 0
    for days in REMINDER_DAYS:
        end = day + days * ONE_DAY
        if due_reminder((end - today).days) == days:
            ending = (d for last in period_ends(end, ctx.rules.most_years()) for d in _filed(ctx.store, last))
            given += sum(_remind(ctx, deadline, end, days) for deadline in ending)
    for deadline in _filed(ctx.store, day - ONE_DAY):
        _file(ctx, deadline, day)
    return given


def _filed(store: Store, day: date) -> Iterator[Deadline]:
    return (stored.value for stored in every(store, deadlines_pk(day), "", Deadline))


def _file(ctx: RulesContext, deadline: Deadline, day: date) -> None:
    """Under the end of the period that `day` lies in, if the certificate stands and its periods end."""

    def plan() -> tuple[Change, None]:
        period = _period(ctx, deadline, day)
        if period is None or period.end is None:
            return Change(), None
        key = deadline_key(period.end, deadline)
        known = ctx.store.get(key, Deadline)
        return Change([] if known else [Put(key, deadline)]), None

    commit_retrying(ctx.store, plan)


def _remind(ctx: RulesContext, deadline: Deadline, end: date, days: int) -> bool:
    """Gives one reminder, unless it was given, or neither the period nor a year that lacks hours ends there."""
    left = DaysLeft(end, days, (end - civil_day(ctx.clock.now())).days)

    def plan() -> tuple[Change, bool]:
        due = _due(ctx, deadline, left)
        if due is None or ctx.store.get(due.mark, Reminder) is not None:
            return Change(), False
        subject = f"{deadline.learner_id}/{deadline.credential}/{end}"
        event = ctx.events.make(due.told, subject=subject, correlation_id=f"{subject}/{days}")
        return Change([Put(due.mark, Reminder(ctx.clock.now(), left.left))], [event]), True

    given = commit_retrying(ctx.store, plan)
    if given:
        count(REMINDERS, days=str(days))
    return given


def _due(ctx: RulesContext, deadline: Deadline, days: DaysLeft) -> Due | None:
    period = _period(ctx, deadline, days.end)
    year = next((year for year in years_of(period) if year.end == days.end), None) if period else None
    if period is None or year is None:
        return None
    rule = ctx.rules.in_force(deadline.credential, period.start)
    balance = period_balance(read_entries(ctx.store, deadline.learner_id), deadline.credential, period, rule)
    if days.end == period.end:
        return Due(reminder_key(deadline, period.start, days.reminder), _period_ends(deadline, balance, days))
    missing = [shortfall for shortfall in balance.shortfalls if shortfall.span == year]
    mark = year_reminder_key(deadline, year.start, days.reminder)
    return Due(mark, _year_ends(deadline, balance, year, missing, days)) if missing else None


def _period(ctx: RulesContext, deadline: Deadline, day: date) -> Period | None:
    certificate = current_certificates(ctx.store, deadline.learner_id).get(deadline.credential)
    if certificate is None or not certificate.confirmed:
        return None
    return period_on(certificate, day, ctx.rules)


def _period_ends(deadline: Deadline, balance: PeriodBalance, days: DaysLeft) -> DeadlineApproaching:
    return DeadlineApproaching(
        learner_id=deadline.learner_id,
        credential=deadline.credential,
        period_start=balance.period.start,
        deadline=days.end,
        reminder_days=days.reminder,
        days_left=days.left,
        earned_hours=format(balance.earned, "f"),
        remaining_hours=_text(balance.remaining),
        compulsory_remaining_hours=_text(balance.compulsory_remaining),
        year_remaining_hours=_text(balance.years[-1].remaining),
        missing=[_missing(shortfall) for shortfall in balance.shortfalls],
    )


def _year_ends(
    deadline: Deadline, balance: PeriodBalance, year: Period, missing: Sequence[Shortfall], days: DaysLeft
) -> YearEnding:
    return YearEnding(
        learner_id=deadline.learner_id,
        credential=deadline.credential,
        period_start=balance.period.start,
        year_start=year.start,
        deadline=days.end,
        reminder_days=days.reminder,
        days_left=days.left,
        missing=[_missing(shortfall) for shortfall in missing],
    )


def _missing(shortfall: Shortfall) -> MissingHours:
    return MissingHours(
        requirement=shortfall.requirement,
        start=shortfall.span.start,
        end=shortfall.span.end,
        missing_hours=format(shortfall.missing, "f"),
        waiting_hours=format(shortfall.waiting, "f"),
    )


def _text(hours: Decimal | None) -> str | None:
    return None if hours is None else format(hours, "f")
