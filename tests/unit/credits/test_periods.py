"""Period arithmetic: civil dates in Shanghai, 29 February, ends of months."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.credits.domain.periods import Period, anniversary, civil_date, contains, period_containing, years_of


def two_years(_start: date) -> int:
    return 2


def unknown(_start: date) -> None:
    return None


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
    assert civil_date(instant) == day


def test_the_fixed_offset_is_the_zone_of_shanghai() -> None:
    instant = datetime(2020, 1, 1, tzinfo=UTC)
    while instant.year < 2036:
        assert civil_date(instant) == instant.astimezone(ZoneInfo("Asia/Shanghai")).date()
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


@pytest.mark.parametrize(
    ("anchor", "day", "start", "end"),
    [
        (date(2025, 1, 1), date(2025, 1, 1), date(2025, 1, 1), date(2026, 12, 31)),
        (date(2025, 1, 1), date(2026, 12, 31), date(2025, 1, 1), date(2026, 12, 31)),
        (date(2025, 1, 1), date(2027, 1, 1), date(2027, 1, 1), date(2028, 12, 31)),
        (date(2024, 2, 29), date(2026, 2, 28), date(2024, 2, 29), date(2026, 2, 28)),
        (date(2024, 2, 29), date(2026, 3, 1), date(2026, 3, 1), date(2028, 2, 28)),
        (date(2024, 2, 29), date(2028, 2, 29), date(2028, 2, 29), date(2030, 2, 28)),
        (date(2022, 3, 1), date(2024, 2, 29), date(2022, 3, 1), date(2024, 2, 29)),
        (date(2022, 3, 31), date(2024, 3, 30), date(2022, 3, 31), date(2024, 3, 30)),
        (date(2020, 7, 15), date(2031, 7, 15), date(2030, 7, 15), date(2032, 7, 14)),
    ],
)
def test_periods_of_two_years(anchor: date, day: date, start: date, end: date) -> None:
    assert period_containing(anchor, day, two_years) == Period(start, end)


def test_a_day_before_the_first_period_is_in_none() -> None:
    assert period_containing(date(2025, 1, 1), date(2024, 12, 31), two_years) is None


def test_a_period_of_unknown_length_stays_open() -> None:
    period = period_containing(date(2025, 1, 1), date(2035, 6, 1), unknown)
    assert period == Period(date(2025, 1, 1), None)
    assert years_of(Period(date(2025, 1, 1), None)) == []


def test_a_rule_that_changes_the_length_holds_from_the_next_period_on() -> None:
    def length(start: date) -> int:
        return 2 if start < date(2026, 1, 1) else 3

    assert period_containing(date(2025, 1, 1), date(2028, 5, 1), length) == Period(date(2027, 1, 1), date(2029, 12, 31))


def test_a_row_of_periods_has_no_gap_and_no_overlap() -> None:
    for anchor in (date(2024, 2, 29), date(2023, 2, 28), date(2023, 3, 1), date(2022, 12, 31)):
        day, end = anchor, anchor + timedelta(days=4000)
        while day < end:
            period = period_containing(anchor, day, two_years)
            assert period is not None
            assert period.end is not None
            assert period.start == day
            assert period_containing(anchor, period.end, two_years) == period
            day = period.end + timedelta(days=1)


def test_years_divide_the_period() -> None:
    period = Period(date(2024, 2, 29), date(2026, 2, 28))
    first, second = years_of(period)
    assert (first, second) == (
        Period(date(2024, 2, 29), date(2025, 2, 28)),
        Period(date(2025, 3, 1), date(2026, 2, 28)),
    )
    assert contains(first, date(2025, 2, 28))
    assert not contains(second, date(2025, 2, 28))
