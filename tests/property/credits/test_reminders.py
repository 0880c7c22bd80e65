"""Reminders under any calendar: days skipped, certificates confirmed at any time, crashes; once each, never late."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.credits.app.deadlines.remind import remind_learners
from services.credits.domain.deadlines import REMINDER_DAYS
from services.credits.domain.ids import LearnerId
from services.credits.handlers.notices import event_handlers
from services.kit.days import SHANGHAI, civil_day
from tests.unit.credits.world import AFP, Crash, World, completed

REMINDED = "credits.deadline_approaching.v1"
YEAR_ENDING = "credits.year_ending.v1"
CONFIRMED = "credits.certificate_confirmed.v1"


class ReminderMachine(RuleBasedStateMachine):
    """Up to five learners whose periods began at different times, and a function that is not always called."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.learners = 0
        self.since: dict[LearnerId, date] = {}
        self.earned: list[tuple[LearnerId, date, Decimal]] = []

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return civil_day(self.world.clock.now())

    @rule(back=st.integers(0, 900))
    def confirm(self, back: int) -> None:
        """A learner's certificate is confirmed, in the middle of its period."""
        if self.learners == 5:
            return
        learner, self.learners = LearnerId(f"learner-{self.learners}"), self.learners + 1
        self.world.certify(AFP, learner=learner, start=max(self.today - timedelta(days=back), date(2020, 1, 1)))
        self.since[learner] = self.today
        handlers = event_handlers(self.world.notices)
        for event in self.world.sent(CONFIRMED):
            handlers[CONFIRMED](event)

    @rule(days=st.sampled_from([0, 1, 1, 1, 7, 23, 60, 200]), hour=st.integers(0, 23))
    def wait(self, days: int, hour: int) -> None:
        """Days pass without a call."""
        later = datetime.combine(self.today + timedelta(days=days), time(hour), SHANGHAI)
        self.world.clock.advance(max(0, int((later - self.world.clock.now()).total_seconds() * 1000)))

    @rule(place=st.integers(0, 4), hours=st.sampled_from(["1.5", "3.5", "5"]))
    def earn(self, place: int, hours: str) -> None:
        """A learner completes a lecture."""
        if place < self.learners:
            learner, name = LearnerId(f"learner-{place}"), f"lecture-{len(self.earned)}"
            self.world.publish(name, content=name, hours=hours, eligible=["AFP"])
            self.world.deliver(completed(name, name, learner=learner, at=self.world.clock.now()))
            self.earned.append((learner, self.today, Decimal(hours)))

    @rule(crash=st.sampled_from([None, None, "before", "after"]), spared=st.integers(0, 3))
    def call(self, crash: str | None, spared: int) -> None:
        """The function is called, and may die."""
        before = len(self.world.sent(YEAR_ENDING))
        self.world.store.crash, self.world.store.spared = crash, spared
        try:
            remind_learners(self.world.notices)
        except Crash:
            return
        finally:
            self.world.store.crash, self.world.store.spared = None, 0
            for event in self.world.sent(YEAR_ENDING)[before:]:
                assert self.lacks(LearnerId(event.data["learner_id"]), date.fromisoformat(event.data["year_start"]))
        self.check_that_nobody_waits()

    def check_that_nobody_waits(self) -> None:
        """Whoever is within a reminder's days has had one of those days at least, unless confirmed after it."""
        told = {(e.data["learner_id"], e.data["deadline"], e.data["reminder_days"]) for e in self.world.sent(REMINDED)}
        for learner, since in self.since.items():
            start = self.world.certificates(learner)[AFP].period_start
            end = next(end for end in ends(start) if end >= self.today)
            for days, nearer in zip(REMINDER_DAYS, [*REMINDER_DAYS[1:], -1], strict=True):
                due = end - timedelta(days=days)
                if nearer < (end - self.today).days <= days and since <= due:
                    assert (learner, str(end), days) in told, f"{learner} waits for {days} days"
            self.check_the_year(learner, since)

    def check_the_year(self, learner: LearnerId, since: date) -> None:
        """A year before the last that lacks hours was reminded of likewise."""
        told = {
            (e.data["learner_id"], e.data["deadline"], e.data["reminder_days"]) for e in self.world.sent(YEAR_ENDING)
        }
        start = self.world.certificates(learner)[AFP].period_start
        year, end = next((a, b) for a, b in years(start) if b >= self.today)
        left = (end - self.today).days
        for days, nearer in zip(REMINDER_DAYS, [*REMINDER_DAYS[1:], -1], strict=True):
            due = nearer < left <= days and since <= end - timedelta(days=days)
            if due and end not in ends(start) and self.lacks(learner, year):
                assert (learner, str(end), days) in told, f"{learner} waits for {days} days of a year"

    def lacks(self, learner: LearnerId, year: date) -> bool:
        """Whether a learner has not earned the five hours of the year that begins on a day."""
        start = self.world.certificates(learner)[AFP].period_start
        end = dict(years(start))[year]
        return sum(hours for who, day, hours in self.earned if who == learner and year <= day <= end) < 5

    @invariant()
    def each_reminder_comes_once_and_never_late(self) -> None:
        """Per learner, period or year of it, and number of days."""
        data = [event.data for type_ in (REMINDED, YEAR_ENDING) for event in self.world.sent(type_)]
        times = Counter((d["learner_id"], d["deadline"], d["reminder_days"]) for d in data)
        assert set(times.values()) <= {1}
        assert all(0 <= d["days_left"] <= d["reminder_days"] for d in data)


def ends(start: date) -> list[date]:
    """The last days of the first eight periods, of two years each, reckoned apart from the code under test."""
    found = []
    for years in range(2, 18, 2):
        leap = start.year + years
        follows = start.replace(year=leap) if (start.month, start.day) != (2, 29) or leap % 4 == 0 else date(leap, 3, 1)
        found.append(follows - timedelta(days=1))
    return found


def years(start: date) -> list[tuple[date, date]]:
    """The first and last days of the years of these periods, the same way."""
    found: list[tuple[date, date]] = []
    for end in ends(start):
        first = found[-1][1] + timedelta(days=1) if found else start
        follows = date(first.year + 1, *((3, 1) if (first.month, first.day) == (2, 29) else (first.month, first.day)))
        found += [(first, follows - timedelta(days=1)), (follows, end)]
    return found


TestReminders = ReminderMachine.TestCase
TestReminders.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
