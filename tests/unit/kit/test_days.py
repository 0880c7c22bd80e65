"""Civil days in Shanghai."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.kit.days import anniversary, civil_day


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 12, 31, 15, 59, 59, 999000, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2024, 2, 28, 16, 0, tzinfo=UTC), date(2024, 2, 29)),
        (datetime(2024, 2, 29, 15, 59, 59, 999000, tzinfo=UTC), date(2024, 2, 29)),
        (datetime(2024, 2, 29, 16, 0, tzinfo=UTC), date(2024, 3, 1)),
        (datetime(2025, 2, 28, 16, 0, tzinfo=UTC), date(2025, 3, 1)),
    ],
)
def test_the_day_changes_at_midnight_in_shanghai(instant: datetime, day: date) -> None:
    assert civil_day(instant) == day


def test_the_fixed_offset_is_the_zone_of_shanghai() -> None:
    instant = datetime(2020, 1, 1, tzinfo=UTC)
    while instant.year < 2036:
        assert civil_day(instant) == instant.astimezone(ZoneInfo("Asia/Shanghai")).date()
        instant += timedelta(hours=7)


@pytest.mark.parametrize(
    ("anchor", "years", "expected"),
    [
        (date(2025, 1, 1), 2, date(2027, 1, 1)),
        (date(2024, 2, 29), 1, date(2025, 3, 1)),
        (date(2024, 2, 29), 2, date(2026, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
        (date(2023, 3, 1), 1, date(2024, 3, 1)),
        (date(2023, 12, 31), 2, date(2025, 12, 31)),
    ],
)
def test_anniversaries(anchor: date, years: int, expected: date) -> None:
    assert anniversary(anchor, years) == expected
