"""Balances: folds of the ledger's entries, never stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ledger import COUNTED, Entry, Kind
from services.credits.domain.periods import Period, contains, years_of
from services.credits.domain.rules import Figures, Rule
from services.kit.days import civil_day

ZERO = Decimal(0)


@dataclass(frozen=True)
class YearBalance:
    """One year of a period. `required` and `remaining` hours are None where not known."""

    year: Period
    earned: Decimal
    required: Decimal | None
    remaining: Decimal | None


class Requirement(StrEnum):
    """What a rule asks of a period."""

    PERIOD = "period"
    COMPULSORY = "compulsory"
    YEAR = "year"


@dataclass(frozen=True)
class Demand:
    """What one requirement asks for in `span`, what counts for it, and what is missing; None where not known."""

    requirement: Requirement
    span: Period
    earned: Decimal
    required: Decimal | None
    remaining: Decimal | None


@dataclass(frozen=True)
class Shortfall:
    """What one requirement still asks for, by the last day of `span`.

    Of the hours that are missing, `waiting` were watched, are held and can still count; the rest is to be watched yet.
    """

    requirement: Requirement
    span: Period
    missing: Decimal
    waiting: Decimal

    @property
    def unearned(self) -> Decimal:
        """What nothing that was watched can fill."""
        return self.missing - self.waiting


@dataclass(frozen=True)
class PeriodBalance:
    """One credential's hours in one period. Unknown figures are None.

    `not_counted` says of each watch completed in the period that gives this credential nothing now why not: holds,
    what was declined, what was taken back; in ledger order. `waiting` are the holds among it that can each still count.
    """

    period: Period
    rule: Rule
    earned: Decimal
    compulsory: Decimal
    elective: Decimal
    required: Decimal | None
    compulsory_required: Decimal | None
    remaining: Decimal | None
    compulsory_remaining: Decimal | None
    years: list[YearBalance]
    not_counted: list[Entry]
    waiting: list[Entry]

    @property
    def demands(self) -> list[Demand]:
        """Each requirement: of the period, of its compulsory hours, of each of its years."""
        period, compulsory = (self.earned, self.required, self.remaining), self.compulsory
        return [
            Demand(Requirement.PERIOD, self.period, *period),
            Demand(
                Requirement.COMPULSORY, self.period, compulsory, self.compulsory_required, self.compulsory_remaining
            ),
            *(Demand(Requirement.YEAR, of.year, of.earned, of.required, of.remaining) for of in self.years),
        ]

    @property
    def shortfalls(self) -> list[Shortfall]:
        """What is missing, and how much of it waits; nothing where the figures are not known."""
        return [_shortfall(demand, demand.remaining, self.waiting) for demand in self.demands if demand.remaining]


def period_balance(entries: Sequence[Entry], credential: Credential, period: Period, rule: Rule) -> PeriodBalance:
    """What a credential's standing awards add up to in `period`, against the rule."""
    standing = awarded(entries, credential)
    awards = [award for award in standing if award.period and award.period.start == period.start]
    compulsory = _sum(awards, Category.COMPULSORY)
    elective = _sum(awards, Category.ELECTIVE)
    idle = _not_counted_in(entries, credential, period)
    figures = rule.figures
    required = figures.hours_per_period if figures else None
    compulsory_required = figures.compulsory_minimum if figures else None
    return PeriodBalance(
        period=period,
        rule=rule,
        earned=compulsory + elective,
        compulsory=compulsory,
        elective=elective,
        required=required,
        compulsory_required=compulsory_required,
        remaining=_remaining(required, compulsory + elective),
        compulsory_remaining=_remaining(compulsory_required, compulsory),
        years=[_year(awards, year, figures) for year in years_of(period)],
        not_counted=idle,
        waiting=promised((entry for entry in idle if entry.kind is Kind.HOLD), awards),
    )


def awarded(entries: Sequence[Entry], credential: Credential) -> list[Entry]:
    """The awards and grants to a credential that stand: neither reversed nor held by a reviewer; in ledger order."""
    gone = {entry.settles for entry in entries if entry.kind is Kind.REVERSAL}
    gone |= {hold.settles for hold in open_holds(entries)}
    awards = (entry for entry in entries if entry.kind in COUNTED and entry.credential is credential)
    return [award for award in awards if award.number not in gone]


def counting(entries: Sequence[Entry], credential: Credential) -> list[Entry]:
    """The awards and grants to a credential that count or may count again: not reversed."""
    gone = {entry.settles for entry in entries if entry.kind is Kind.REVERSAL}
    awards = (entry for entry in entries if entry.kind in COUNTED and entry.credential is credential)
    return [award for award in awards if award.number not in gone]


def open_holds(entries: Sequence[Entry]) -> list[Entry]:
    """The holds that no release has ended, in ledger order."""
    settled = {entry.settles for entry in entries if entry.kind is Kind.RELEASE}
    return [entry for entry in entries if entry.kind is Kind.HOLD and entry.number not in settled]


def promised(holds: Iterable[Entry], awards: Iterable[Entry] = ()) -> list[Entry]:
    """Of holds those that can each still count beside these awards: a lecture counts once, however often it is held.

    Of several holds of a lecture it is the first, which would end first.
    """
    taken = {award.completion.content_id for award in awards}
    first: dict[str | int | None, Entry] = {}
    for hold in holds:
        lecture = hold.completion.content_id
        if not lecture or lecture not in taken:
            first.setdefault(lecture or hold.settles, hold)  # a grant names no lecture
    return list(first.values())


def not_counted(entries: Sequence[Entry]) -> list[Entry]:
    """What says of each watch that gives a credential nothing now why not: open holds, what was declined, what was
    taken back; in ledger order."""
    waiting = {hold.number for hold in open_holds(entries)}
    ended = (Kind.DECLINED, Kind.REVERSAL)
    return [entry for entry in entries if entry.kind in ended or entry.number in waiting]


def _not_counted_in(entries: Sequence[Entry], credential: Credential, period: Period) -> list[Entry]:
    return [entry for entry in _within(not_counted(entries), period) if entry.credential in (credential, None)]


def _within(entries: Iterable[Entry], span: Period) -> list[Entry]:
    return [entry for entry in entries if contains(span, civil_day(entry.completion.completed_at))]


def _shortfall(demand: Demand, missing: Decimal, holds: Iterable[Entry]) -> Shortfall:
    if demand.requirement is Requirement.COMPULSORY:
        holds = [hold for hold in holds if hold.completion.category is Category.COMPULSORY]
    waiting = sum((hold.hours for hold in _within(holds, demand.span)), ZERO)
    return Shortfall(demand.requirement, demand.span, missing, min(missing, waiting))


def _year(awards: Iterable[Entry], year: Period, figures: Figures | None) -> YearBalance:
    earned = sum((award.hours for award in _within(awards, year)), ZERO)
    required = figures.yearly_minimum if figures else None
    return YearBalance(year, earned, required, _remaining(required, earned))


def _sum(entries: Iterable[Entry], category: Category) -> Decimal:
    return sum((entry.hours for entry in entries if entry.completion.category is category), ZERO)


def _remaining(required: Decimal | None, earned: Decimal) -> Decimal | None:
    return None if required is None else max(ZERO, required - earned)
