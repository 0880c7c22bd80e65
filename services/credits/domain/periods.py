"""Recertification periods: civil dates in Asia/Shanghai."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from services.kit.days import ONE_DAY, anniversary


@dataclass(frozen=True)
class Period:
    """From `start` to `end`, both days included; `end` is None where the period's length is not known."""

    start: date
    end: date | None = None


def periods_until(anchor: date, day: date, length: Callable[[date], int | None]) -> list[Period]:
    """The row of periods that begins at `anchor`, up to the one in which `day` lies; none for a day before it.

    `length` answers how many years a period starting on a date lasts, None if that is not known.
    Every start is reckoned from `anchor`, so a 29 February comes back in the next leap year.
    """
    periods: list[Period] = []
    start, offset = anchor, 0
    while start <= day:
        years = length(start)
        if years is None:
            return [*periods, Period(start)]
        offset += years
        following = anniversary(anchor, offset)
        periods.append(Period(start, following - ONE_DAY))
        start = following
    return periods


def period_containing(anchor: date, day: date, length: Callable[[date], int | None]) -> Period | None:
    """The period of that row in which `day` lies; None for a day before it."""
    return next(reversed(periods_until(anchor, day, length)), None)


def years_of(period: Period) -> list[Period]:
    """The single years of a period; none where its end is not known."""
    years: list[Period] = []
    start = period.start
    while period.end is not None and start <= period.end:
        following = anniversary(period.start, len(years) + 1)
        years.append(Period(start, min(following - ONE_DAY, period.end)))
        start = following
    return years


def contains(period: Period, day: date) -> bool:
    """Whether a day lies in a period."""
    return period.start <= day and (period.end is None or day <= period.end)
