"""Period arithmetic: 29 February, ends of months."""

from datetime import date, timedelta

import pytest

from services.credits.domain.periods import Period, contains, period_containing, years_of


def two_years(_start: date) -> int:
    return 2


def unknown(_start: date) -> None:
    return None


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
