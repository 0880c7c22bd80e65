"""Balances per certificate and period."""

from datetime import date, datetime
from decimal import Decimal

from services.credits.app.read_account import read_account
from services.credits.domain.balances import YearBalance
from services.credits.domain.periods import Period
from tests.unit.credits.world import AFP, BEIJING, CFP, CTP, LEARNER, World, completed


def earn(w: World, name: str, hours: str, category: str, at: datetime, eligible: tuple[str, ...] = ("AFP",)) -> None:
    w.publish(name, content=name, hours=hours, category=category, eligible=eligible)
    w.deliver(completed(f"watch-{name}", name, at=at))


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=BEIJING)


def test_hours_by_category_year_and_period() -> None:
    w = World()
    w.certify(AFP)
    earn(w, "a", "1.5", "elective", noon(2025, 12, 31))
    earn(w, "b", "1", "compulsory", datetime(2025, 12, 31, 23, 59, 59, 999000, tzinfo=BEIJING))
    earn(w, "c", "6", "elective", datetime(2026, 1, 1, tzinfo=BEIJING))
    (balance,) = read_account(w.ctx, LEARNER).certificates
    current = balance.current
    assert current.period == Period(date(2025, 1, 1), date(2026, 12, 31))
    assert (current.earned, current.compulsory, current.elective) == (Decimal("8.5"), Decimal(1), Decimal("7.5"))
    assert (current.required, current.remaining) == (Decimal(30), Decimal("21.5"))
    assert (current.compulsory_required, current.compulsory_remaining) == (Decimal(2), Decimal(1))
    assert current.years == [
        YearBalance(Period(date(2025, 1, 1), date(2025, 12, 31)), Decimal("2.5"), Decimal(5), Decimal("2.5")),
        YearBalance(Period(date(2026, 1, 1), date(2026, 12, 31)), Decimal(6), Decimal(5), Decimal(0)),
    ]
    assert current.rule.id == "fpsb-china-2020"
    assert balance.earlier == []


def test_nothing_is_carried_over_and_earlier_periods_stay_visible() -> None:
    w = World()
    w.certify(AFP, start=date(2022, 6, 1))
    earn(w, "a", "40", "elective", noon(2023, 1, 1))
    earn(w, "b", "2", "compulsory", noon(2025, 1, 1))
    (balance,) = read_account(w.ctx, LEARNER).certificates
    assert balance.current.period == Period(date(2024, 6, 1), date(2026, 5, 31))
    assert (balance.current.earned, balance.current.remaining) == (Decimal(2), Decimal(28))
    (earlier,) = balance.earlier
    assert earlier.period == Period(date(2022, 6, 1), date(2024, 5, 31))
    assert (earlier.earned, earlier.remaining) == (Decimal(40), Decimal(0))


def test_unknown_figures_are_unknown_not_zero() -> None:
    w = World()
    w.certify(CTP)
    earn(w, "a", "1.5", "elective", noon(2026, 1, 1), ("CTP",))
    (balance,) = read_account(w.ctx, LEARNER).certificates
    current = balance.current
    assert current.earned == Decimal("1.5")
    assert current.period.end is None
    assert (current.required, current.remaining, current.compulsory_required, current.compulsory_remaining) == (
        (None,) * 4
    )
    assert current.years == []


def test_what_is_held_is_listed_with_its_reason_and_not_earned() -> None:
    w = World()
    w.certify(AFP)
    earn(w, "a", "1.5", "elective", noon(2026, 1, 1), ("AFP", "CFP"))
    account = read_account(w.ctx, LEARNER)
    assert [(entry.credential, entry.reason) for entry in account.held] == [(CFP, "NO_CERTIFICATE")]
    w.certify(CFP)
    account = read_account(w.ctx, LEARNER)
    assert account.held == []
    assert [b.current.earned for b in account.certificates] == [Decimal("1.5")] * 2


def test_an_empty_account() -> None:
    account = read_account(World().ctx, LEARNER)
    assert (account.certificates, account.held) == ([], [])
