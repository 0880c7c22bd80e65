"""Balances per certificate and period."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from services.credits.app.accounts.read_account import read_account
from services.credits.domain.balances import Requirement, YearBalance
from services.credits.domain.ledger import Reason
from services.credits.domain.periods import Period
from services.credits.domain.review import Standing
from services.credits.domain.rules import RuleBook
from tests.unit.credits.world import AFP, BEIJING, CFP, CTP, LEARNER, World, completed, refunded


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
    assert account.held == []
    assert [(entry.credential, entry.reason) for entry in account.for_others] == [(CFP, "NO_CERTIFICATE")]
    w.register(CFP)
    account = read_account(w.ctx, LEARNER)
    assert [(entry.credential, entry.reason) for entry in account.held] == [(CFP, "NO_CERTIFICATE")]
    assert account.for_others == []
    w.confirm(CFP)
    account = read_account(w.ctx, LEARNER)
    assert account.held == []
    assert [b.current.earned for b in account.certificates] == [Decimal("1.5")] * 2


def test_who_has_no_certificate_yet_has_all_of_it_held() -> None:
    w = World()
    earn(w, "a", "1.5", "elective", noon(2026, 1, 1), ("AFP", "CFP"))
    account = read_account(w.ctx, LEARNER)
    assert [entry.credential for entry in account.held] == [AFP, CFP]
    assert account.for_others == []


def test_what_is_missing_names_what_waits_of_it_by_category_and_year() -> None:
    w = World()
    w.register(AFP)
    earn(w, "a", "4", "compulsory", noon(2025, 7, 1))
    earn(w, "b", "1.5", "elective", noon(2026, 1, 2))
    (balance,) = read_account(w.ctx, LEARNER).certificates
    found = [(s.requirement, s.span.start.year, s.missing, s.waiting, s.unearned) for s in balance.current.shortfalls]
    assert found == [
        (Requirement.PERIOD, 2025, Decimal(30), Decimal("5.5"), Decimal("24.5")),
        (Requirement.COMPULSORY, 2025, Decimal(2), Decimal(2), Decimal(0)),
        (Requirement.YEAR, 2025, Decimal(5), Decimal(4), Decimal(1)),
        (Requirement.YEAR, 2026, Decimal(5), Decimal("1.5"), Decimal("3.5")),
    ]


def test_one_lecture_held_twice_promises_its_hours_once() -> None:
    w = World()
    w.register(AFP)
    earn(w, "a", "1.5", "elective", noon(2025, 7, 1))
    w.deliver(completed("watch-a-again", "a", at=noon(2025, 7, 2)))
    (balance,) = read_account(w.ctx, LEARNER).certificates
    assert {s.waiting for s in balance.current.shortfalls if s.requirement is Requirement.PERIOD} == {Decimal("1.5")}
    w.name()
    w.confirm(AFP)
    (balance,) = read_account(w.ctx, LEARNER).certificates
    assert balance.current.earned == Decimal("1.5")


def test_two_grants_under_review_are_two_as_they_name_no_lecture() -> None:
    w = World()
    w.certify(AFP)
    for title in ("研讨会", "年会"):
        w.review(w.grant("2", title=title).number, Standing.UNDER_REVIEW)
    (balance,) = read_account(w.ctx, LEARNER).certificates
    assert balance.current.shortfalls[0].waiting == Decimal(4)


def test_what_is_met_is_not_missing_and_what_is_unknown_is_not_either() -> None:
    w = World()
    w.certify(AFP, CTP)
    earn(w, "a", "25", "compulsory", noon(2025, 7, 1), ("AFP", "CTP"))
    earn(w, "b", "5", "elective", noon(2026, 1, 2))
    afp, ctp = read_account(w.ctx, LEARNER).certificates
    assert afp.current.shortfalls == ctp.current.shortfalls == []


def test_every_watch_of_the_period_that_does_not_count_says_why_not() -> None:
    w = World()
    w.certify(AFP)
    earn(w, "counted", "1", "elective", noon(2025, 7, 1))
    earn(w, "voided", "1", "elective", noon(2025, 7, 2))
    earn(w, "reviewed", "1", "elective", noon(2025, 7, 3))
    earn(w, "ineligible", "1", "elective", noon(2025, 7, 4), ("CFP",))
    earn(w, "for-nobody", "1", "elective", noon(2025, 7, 5), ())
    earn(w, "before", "1", "elective", noon(2024, 7, 5))
    w.deliver(completed("watch-again", "counted", at=noon(2025, 7, 6)))
    w.review(2, Standing.VOID)
    w.review(3, Standing.UNDER_REVIEW)
    (balance,) = read_account(w.ctx, LEARNER).certificates
    why = {entry.completion.watch_id: entry.reason for entry in balance.current.not_counted}
    assert why == {
        "watch-voided": Reason.REVIEW_VOIDED,
        "watch-reviewed": Reason.UNDER_REVIEW,
        "watch-ineligible": Reason.CREDENTIAL_NOT_ELIGIBLE,
        "watch-for-nobody": Reason.CREDENTIAL_NOT_ELIGIBLE,
        "watch-again": Reason.ALREADY_AWARDED_IN_PERIOD,
    }
    assert balance.current.earned == 1


def test_what_was_watched_before_the_first_period_is_explained_in_the_account() -> None:
    w = World()
    w.certify(AFP)
    earn(w, "before", "1", "elective", noon(2024, 12, 31))
    account = read_account(w.ctx, LEARNER)
    assert [(e.completion.watch_id, e.reason) for e in account.not_counted] == [
        ("watch-before", Reason.BEFORE_FIRST_PERIOD)
    ]


def test_what_lies_in_no_certificates_period_is_explained_too() -> None:
    w = World()
    earn(w, "for-nobody", "1", "elective", noon(2025, 7, 5), ())
    earn(w, "refunded", "1", "elective", noon(2025, 7, 6))
    w.deliver(refunded("watch-refunded"))
    account = read_account(w.ctx, LEARNER)
    assert [(e.completion.watch_id, e.reason) for e in account.not_counted] == [
        ("watch-for-nobody", Reason.NO_ELIGIBLE_CREDENTIAL),
        ("watch-refunded", Reason.REFUNDED),
    ]
    assert account.held == []


def test_a_past_period_stays_and_says_why_when_its_only_award_was_taken_back() -> None:
    w = World()
    w.certify(AFP, start=date(2022, 6, 1))
    earn(w, "a", "40", "elective", noon(2023, 1, 1))
    w.review(1, Standing.VOID)
    (balance,) = read_account(w.ctx, LEARNER).certificates
    (earlier,) = balance.earlier
    assert earlier.period == Period(date(2022, 6, 1), date(2024, 5, 31))
    assert [entry.reason for entry in earlier.not_counted] == [Reason.REVIEW_VOIDED]
    assert (earlier.earned, earlier.remaining) == (Decimal(0), Decimal(30))


def test_a_period_in_which_nothing_was_watched_is_there_with_what_it_asked_for() -> None:
    w = World()
    w.certify(AFP, start=date(2021, 1, 1))
    (balance,) = read_account(w.ctx, LEARNER).certificates
    assert [period.period.start.year for period in balance.earlier] == [2021, 2023]
    assert [period.remaining for period in balance.earlier] == [Decimal(30)] * 2


def test_a_course_for_no_certificate_explains_itself_only_to_who_has_none() -> None:
    w = World()
    earn(w, "for-nobody", "1", "elective", noon(2025, 7, 5), ())
    w.certify(AFP)
    (balance,) = read_account(w.ctx, LEARNER).certificates
    assert [entry.reason for entry in balance.current.not_counted] == [Reason.NO_ELIGIBLE_CREDENTIAL]


def test_an_empty_account() -> None:
    account = read_account(World().ctx, LEARNER)
    assert (account.certificates, account.held) == ([], [])


def test_an_edition_of_rules_that_is_dated_back_hides_no_hours() -> None:
    """The entries' periods were of two years; the edition that comes makes those from 2025 on last three."""
    w = World()
    w.certify(AFP, start=date(2025, 1, 1))
    w.clock.advance(370 * 86_400_000)
    w.publish(eligible=["AFP"])
    w.deliver(completed(at=w.clock.now()))
    (award,) = w.entries()
    assert award.period
    assert award.period.start == date(2027, 1, 1)
    known, unknown = (w.ctx.rules.in_force(credential, date(2025, 1, 1)) for credential in (AFP, CTP))
    assert known.figures
    later = replace(known, id="later", effective_from=date(2025, 1, 1), figures=replace(known.figures, period_years=3))
    ctx = replace(w.ctx, rules=RuleBook([known, unknown, later]))
    (balance,) = read_account(ctx, LEARNER).certificates
    assert (balance.current.period.start, balance.current.period.end) == (date(2025, 1, 1), date(2027, 12, 31))
    shown = [balance.current, *balance.earlier]
    assert sum(period.earned for period in shown) == Decimal("1.5")
