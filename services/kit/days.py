"""Civil days in Asia/Shanghai. Pure: domains may import it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept UTC+8 without daylight saving since 1991, so no time-zone database is needed in the function."""

ONE_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def civil_day(instant: datetime) -> date:
    """The day in Shanghai at an aware instant."""
    return instant.astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """The instant, in UTC, at which a day begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def anniversary(anchor: date, years: int) -> date:
    """The same day `years` later. Of 29 February in a common year it is 1 March, so that no year is a day short."""
    try:
        return anchor.replace(year=anchor.year + years)
    except ValueError:
        return date(anchor.year + years, 3, 1)


@dataclass(frozen=True)
class Days:
    """From the first day to the last, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"{self.first} is after {self.last}")

    def __iter__(self) -> Iterator[date]:
        """Each day, in order."""
        return (self.first + number * ONE_DAY for number in range(len(self)))

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, instant: datetime) -> bool:
        return self.first <= civil_day(instant) <= self.last

    def hours(self) -> Iterator[str]:
        """Each hour in UTC as partitions name it, such as 2026112416 for midnight in Shanghai."""
        start = start_of(self.first)
        return (f"{start + number * _HOUR:%Y%m%d%H}" for number in range(24 * len(self)))
