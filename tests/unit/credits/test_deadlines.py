"""Reminders before a period ends: once per period and reminder, made up for when missed, never after the deadline."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.credits import bootstrap
from services.credits.app.deadlines.remind import remind_learners
from services.credits.app.notices.inbox import read_inbox
from services.credits.app.texts.notices import NoticeText, text_of
from services.credits.domain.deadlines import due_reminder, period_ends
from services.credits.domain.ids import LearnerId
from services.credits.domain.notices import DeadlineMessage
from services.credits.domain.periods import period_containing, years_of
from services.credits.handlers import remind
from services.credits.handlers.notices import event_handlers
from services.kit.days import SHANGHAI
from tests.gateway import LambdaContext
from tests.unit.credits.world import AFP, CFP, CTP, LEARNER, OTHER, Crash, World, completed

END = date(2026, 12, 31)
"""Of the period that starts on 1 January 2025."""


def at(world: World, day: date, hour: int = 9) -> None:
    """It is that hour of that day in Shanghai."""
    instant = datetime.combine(day, time(hour), SHANGHAI)
    world.clock.advance(int((instant - world.clock.now()).total_seconds() * 1000))


def hear(world: World) -> None:
    """The queue delivers all that is subscribed to, once more."""
    handlers = event_handlers(world.notices)
    for event in list(world.store.outbox):
        if event.type in handlers:
            handlers[event.type](event)


def reminders(world: World) -> list[tuple[str, int, int]]:
    """Credential, reminder and days left, as published."""
    data = [event.data for event in world.sent("credits.deadline_approaching.v1")]
    return [(d["credential"], d["reminder_days"], d["days_left"]) for d in data]


@pytest.fixture
def world() -> World:
    """A confirmed certificate, on 5 January 2026."""
    made = World()
    made.certify(AFP)
    hear(made)
    return made


def test_a_period_is_reminded_of_three_times_on_the_right_days(world: World) -> None:
    for days_left in range(100, -5, -1):
        at(world, END - timedelta(days=days_left))
        remind_learners(world.notices)
    assert reminders(world) == [("AFP", 90, 90), ("AFP", 30, 30), ("AFP", 7, 7)]


def test_calling_again_on_the_same_day_reminds_nobody_twice(world: World) -> None:
    at(world, END - timedelta(days=30))
    assert remind_learners(world.notices) == (91, 1), "the first walk of all looks back"
    before = world.state()
    assert remind_learners(world.notices) == (1, 0)
    assert world.state() == before


@pytest.mark.parametrize(("missed", "expected"), [(1, ("AFP", 30, 29)), (20, ("AFP", 30, 10)), (24, ("AFP", 7, 6))])
def test_a_missed_day_is_made_up_for_by_the_reminder_that_is_due_by_then(
    world: World, missed: int, expected: tuple[str, int, int]
) -> None:
    at(world, END - timedelta(days=90))
    remind_learners(world.notices)
    at(world, END - timedelta(days=30 - missed))
    remind_learners(world.notices)
    assert reminders(world) == [("AFP", 90, 90), expected]


def test_of_several_missed_reminders_the_nearest_comes_and_after_the_deadline_none(world: World) -> None:
    at(world, END - timedelta(days=95))
    remind_learners(world.notices)
    at(world, END)
    remind_learners(world.notices)
    assert reminders(world) == [("AFP", 7, 0)]
    late = World()
    late.certify(AFP)
    hear(late)
    at(late, END - timedelta(days=95))
    remind_learners(late.notices)
    at(late, END + timedelta(days=1))
    remind_learners(late.notices)
    assert reminders(late) == []


def test_midnight_in_shanghai_decides_what_day_it_is(world: World) -> None:
    at(world, END - timedelta(days=30), hour=0)
    assert world.clock.now().date() == END - timedelta(days=31), "in UTC it is the day before"
    remind_learners(world.notices)
    assert reminders(world) == [("AFP", 30, 30)]


def test_the_next_period_is_reminded_of_too(world: World) -> None:
    at(world, END - timedelta(days=7))
    remind_learners(world.notices)
    at(world, END + timedelta(days=40))
    remind_learners(world.notices)
    at(world, date(2028, 12, 31) - timedelta(days=90))
    remind_learners(world.notices)
    assert reminders(world) == [("AFP", 7, 7), ("AFP", 90, 90)]
    assert world.sent("credits.deadline_approaching.v1")[1].data["deadline"] == "2028-12-31"


def test_who_is_confirmed_after_the_days_walk_is_found_by_the_next(world: World) -> None:
    at(world, END - timedelta(days=30))
    remind_learners(world.notices)
    world.certify(AFP, learner=OTHER)
    hear(world)
    at(world, END - timedelta(days=29))
    remind_learners(world.notices)
    assert reminders(world) == [("AFP", 30, 30), ("AFP", 30, 29)]


def test_periods_that_begin_on_29_february_end_on_the_day_before_1_march() -> None:
    world = World()
    world.certify(AFP, start=date(2024, 2, 29))
    hear(world)
    at(world, date(2026, 1, 29))
    remind_learners(world.notices)
    assert world.sent("credits.deadline_approaching.v1")[0].data["deadline"] == "2026-02-28"


def test_what_is_not_confirmed_or_has_no_known_end_is_not_reminded_of(world: World) -> None:
    world.register(CFP)
    world.certify(CTP)
    hear(world)
    at(world, END - timedelta(days=30))
    remind_learners(world.notices)
    assert reminders(world) == [("AFP", 30, 30)]


def test_it_says_what_is_missing_at_that_time(world: World) -> None:
    world.publish(eligible=["AFP"], hours="1.5", category="compulsory")
    world.deliver(completed())
    at(world, END - timedelta(days=90))
    remind_learners(world.notices)
    (event,) = world.sent("credits.deadline_approaching.v1")
    missing = {name: value for name, value in event.data.items() if name.endswith("hours")}
    assert missing == {
        "earned_hours": "1.5",
        "remaining_hours": "28.5",
        "compulsory_remaining_hours": "0.5",
        "year_remaining_hours": "3.5",
    }


def earn(world: World, name: str, hours: str, on: date, category: str = "compulsory") -> None:
    """A lecture of its own, completed on a day."""
    world.publish(name, content=name, eligible=["AFP"], hours=hours, category=category)
    world.deliver(completed(f"watch-{name}", name, at=datetime.combine(on, time(12), SHANGHAI)))


def newest_notice(world: World) -> NoticeText:
    """What the inbox says last."""
    hear(world)
    return text_of(read_inbox(world.store, LEARNER, None, 1).notices.items[0].told)


def test_a_missed_year_is_not_said_to_be_there(world: World) -> None:
    earn(world, "all-else", "30", date(2026, 1, 5))
    at(world, END - timedelta(days=30))
    remind_learners(world.notices)
    (event,) = world.sent("credits.deadline_approaching.v1")
    year = {"requirement": "year", "start": "2025-01-01", "end": "2025-12-31"}
    assert event.data["missing"] == [{**year, "missing_hours": "5", "waiting_hours": "0"}]
    body = newest_notice(world).body
    assert "已满足" not in body.zh
    assert body.zh.endswith("2025年1月1日至2025年12月31日这一年已结束，少 5 学时。")
    assert body.en.endswith("The year from 1 January 2025 to 31 December 2025 is over, 5 hours short.")


def test_a_year_is_reminded_of_while_its_minimum_is_missing() -> None:
    world = World()
    world.certify(AFP, start=date(2025, 6, 1))
    hear(world)
    for day in (date(2026, 3, 2), date(2026, 5, 1), date(2026, 5, 24)):
        if day.day == 24:
            earn(world, "enough", "5", date(2026, 5, 20), "elective")
        at(world, day)
        remind_learners(world.notices)
    events = world.sent("credits.year_ending.v1")
    assert [(e.data["deadline"], e.data["year_start"], e.data["days_left"]) for e in events] == [
        ("2026-05-31", "2025-06-01", 90),
        ("2026-05-31", "2025-06-01", 30),
    ], "after seven days more there is nothing to remind of"
    assert reminders(world) == []


def test_a_years_notice_says_which_year_and_what_it_lacks() -> None:
    world = World()
    world.certify(AFP, start=date(2025, 6, 1))
    hear(world)
    earn(world, "some", "1.5", date(2026, 1, 10))
    at(world, date(2026, 5, 1))
    remind_learners(world.notices)
    text = newest_notice(world)
    assert text.title.zh == "AFP 年度最低学时还有 30 天截止"
    assert text.body.zh == "2025年6月1日至2026年5月31日这一年还差 3.5 学时。"
    assert text.body.en == "The year from 1 June 2025 to 31 May 2026 still needs 3.5 hours."


def test_a_notice_from_before_every_year_was_looked_at_claims_no_more_than_was_known() -> None:
    old = DeadlineMessage(AFP, END, 30, Decimal(0), Decimal(0), Decimal(0))
    assert "最后一年" in text_of(old).body.zh
    assert "全部" not in text_of(old).body.zh


@given(
    anchor=st.dates(date(2020, 1, 1), date(2045, 12, 31)),
    years=st.integers(1, 5),
    after=st.integers(0, 4000),
)
def test_a_period_is_found_under_the_end_of_each_of_its_years(anchor: date, years: int, after: int) -> None:
    period = period_containing(anchor, anchor + timedelta(days=after), lambda _: years)
    assert period is not None
    assert all(period.end in period_ends(year.end, years) for year in years_of(period) if year.end)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("spared", [0, 1, 2])
def test_interrupted_anywhere_the_next_call_goes_on_and_nobody_is_reminded_twice(
    world: World, moment: str, spared: int
) -> None:
    world.certify(AFP, learner=OTHER)
    hear(world)
    at(world, END - timedelta(days=30))
    world.store.crash, world.store.spared = moment, spared
    with pytest.raises(Crash):
        remind_learners(world.notices)
    remind_learners(world.notices)
    told = [event.data["learner_id"] for event in world.sent("credits.deadline_approaching.v1")]
    assert sorted(told) == sorted([LEARNER, OTHER])


def test_more_learners_than_one_page(world: World) -> None:
    for number in range(205):
        world.certify(AFP, learner=LearnerId(f"learner-{number}"))
    hear(world)
    at(world, END - timedelta(days=7))
    assert remind_learners(world.notices) == (91, 206)


def test_a_reminder_becomes_one_notice(world: World) -> None:
    at(world, END - timedelta(days=30))
    remind_learners(world.notices)
    hear(world)
    hear(world)
    told = [text for key, (_, text) in world.store.items.items() if key.sk.startswith("NOTICE#")]
    assert len([text for text in told if '"deadline"' in text]) == 1


def test_the_function_says_what_it_did(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "notices", lambda: world.notices)
    at(world, END - timedelta(days=30))
    assert remind.handler({}, LambdaContext()) == {"days": 91, "reminders": 1}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days_left", "due"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_which_reminder_is_due(days_left: int, due: int | None) -> None:
    assert due_reminder(days_left) == due
