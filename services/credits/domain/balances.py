"""Balances: folds of the ledger's entries, never stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ledger import Entry, Kind
from services.credits.domain.periods import Period, civil_date, contains, years_of
from services.credits.domain.rules import Figures, Rule

ZERO = Decimal(0)


@dataclass(frozen=True)
class YearBalance:
    """One year of a period. `required` and `remaining` hours are None where not known."""

    year: Period
    earned: Decimal
    required: Decimal | None
    remaining: Decimal | None


@dataclass(frozen=True)
class PeriodBalance:
    """One credential's hours in one period. Unknown figures are None."""

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


def period_balance(standing: Iterable[Entry], period: Period, rule: Rule) -> PeriodBalance:
    """What a credential's standing awards add up to in `period`, against the rule."""
    awards = [award for award in standing if award.period and award.period.start == period.start]
    compulsory = _sum(awards, Category.COMPULSORY)
    elective = _sum(awards, Category.ELECTIVE)
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
    )


def awarded(entries: Sequence[Entry], credential: Credential) -> list[Entry]:
    """The awards to a credential that stand: neither reversed nor held by a reviewer; in ledger order."""
    gone = {entry.settles for entry in entries if entry.kind is Kind.REVERSAL}
    gone |= {hold.settles for hold in open_holds(entries)}
    awards = (entry for entry in entries if entry.kind is Kind.AWARD and entry.credential is credential)
    return [award for award in awards if award.number not in gone]


def open_holds(entries: Sequence[Entry]) -> list[Entry]:
    """The holds that no release has ended, in ledger order."""
    settled = {entry.settles for entry in entries if entry.kind is Kind.RELEASE}
    return [entry for entry in entries if entry.kind is Kind.HOLD and entry.number not in settled]


def _year(awards: Iterable[Entry], year: Period, figures: Figures | None) -> YearBalance:
    earned = sum((e.hours for e in awards if contains(year, civil_date(e.completion.completed_at))), ZERO)
    required = figures.yearly_minimum if figures else None
    return YearBalance(year, earned, required, _remaining(required, earned))


def _sum(entries: Iterable[Entry], category: Category) -> Decimal:
    return sum((entry.hours for entry in entries if entry.completion.category is category), ZERO)


def _remaining(required: Decimal | None, earned: Decimal) -> Decimal | None:
    return None if required is None else max(ZERO, required - earned)
