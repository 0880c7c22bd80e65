"""Civil days in Asia/Shanghai, and the hours in UTC that they are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.orders.domain.membership import CHINA, china_date

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


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
        return (self.first + number * _DAY for number in range(len(self)))

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, instant: datetime) -> bool:
        return self.first <= china_date(instant) <= self.last

    def hours(self) -> Iterator[str]:
        """Each hour as partitions name it, such as 2026112416 for midnight in Shanghai: days begin on whole hours."""
        start = datetime.combine(self.first, time(), CHINA).astimezone(UTC)
        return (f"{start + number * _HOUR:%Y%m%d%H}" for number in range(24 * len(self)))
