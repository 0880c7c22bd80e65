"""Which courses bring the hours that are missing: a plan that follows from its arguments alone.

A plan is advice. It grants nothing and holds no quota: what counts is decided when a lecture is completed
(`domain/awarding.py`), and the plan is made anew whenever it is looked at.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from math import ceil

from services.credits.domain.balances import PeriodBalance, Requirement
from services.credits.domain.courses import CourseVersion
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.periods import Period, contains
from services.kit.days import ONE_DAY

ZERO = Decimal(0)
MOST_NODES = 1_000
"""How many choices the search looks at. Within it the plan is the cheapest there is, beyond it the best one seen."""
PACE_STEP = 5
"""Minutes a week: the pace that a plan asks for is a multiple of it."""
MOST_WEEKLY_MINUTES = 2_400
"""Forty hours a week: nobody is told to watch more."""


class Access(StrEnum):
    """How the learner may come to watch a course, what costs least first."""

    OWNED = "owned"
    CLAIMABLE = "claimable"
    LIBRARY = "library"
    PRICED = "priced"


ACCESSES = list(Access)


@dataclass(frozen=True)
class Target:
    """Hours that one requirement asks to be watched yet, completed on a day of `span` (both days included)."""

    credential: Credential
    requirement: Requirement
    span: Period
    hours: Decimal

    @property
    def end(self) -> date:
        """The last day. Raises ValueError where the period is open: no rule asks for anything by no day."""
        if self.span.end is None:
            raise ValueError(f"{self.credential}: an open period asks for nothing")
        return self.span.end


@dataclass(frozen=True)
class Offer:
    """A course that the learner could watch.

    `price_fen` is what it costs this learner to buy, which what is owned or can be claimed need not be. `minutes` are
    left to watch of it. `serves` are the certificates in whose running period its hours would count or be held.
    """

    course: CourseVersion
    access: Access
    price_fen: int
    minutes: int
    started: bool
    serves: frozenset[Credential]

    def gives(self, need: Target) -> bool:
        """Whether its hours are such as the requirement asks for."""
        compulsory = need.requirement is not Requirement.COMPULSORY or self.course.category is Category.COMPULSORY
        return compulsory and need.credential in self.serves


@dataclass(frozen=True)
class Quota:
    """What the running membership still pays for: hours (None: no limit), on days up to `until`, that one included."""

    left: Decimal | None
    until: date

    def covers(self, used: Decimal) -> bool:
        """Whether so many hours are within it."""
        return self.left is None or used <= self.left


@dataclass(frozen=True)
class Choice:
    """A course that is completed on a day of `span`, the last of which its need names; `bought`, or free or on the
    quota.
    """

    offer: Offer
    span: Period
    bought: bool

    @property
    def hours(self) -> Decimal:
        """What it brings."""
        return self.offer.course.hours

    @property
    def cost_fen(self) -> int:
        """What it costs."""
        return self.offer.price_fen if self.bought else 0

    @property
    def quota_hours(self) -> Decimal:
        """What it takes of the quota."""
        return self.hours if self.offer.access is Access.LIBRARY and not self.bought else ZERO


@dataclass(frozen=True)
class Step:
    """A course of the plan: to be completed by `by`, and, at the learner's pace, completed on `finished_on`."""

    choice: Choice
    by: date
    finished_on: date

    @property
    def is_late(self) -> bool:
        """Whether that is too late."""
        return self.finished_on > self.by


class Obstacle(StrEnum):
    """Why a plan does not fill a need."""

    TOO_FEW_COURSES = "TOO_FEW_COURSES"
    TOO_LITTLE_TIME = "TOO_LITTLE_TIME"
    YEAR_OVER = "YEAR_OVER"


@dataclass(frozen=True)
class Outlook:
    """What the plan makes of one need: the hours that it brings, and those of them that it brings in time."""

    need: Target
    planned: Decimal
    in_time: Decimal

    @property
    def unplanned(self) -> Decimal:
        """What no course that is left brings."""
        return max(ZERO, self.need.hours - self.planned)

    @property
    def obstacle(self) -> Obstacle | None:
        """Why it is not filled in time; None where it is."""
        if self.unplanned:
            return Obstacle.TOO_FEW_COURSES
        return Obstacle.TOO_LITTLE_TIME if self.in_time < self.need.hours else None


@dataclass(frozen=True)
class Plan:
    """The steps in the order in which they are to be watched, and what becomes of each need.

    `weekly_minutes_needed` is the slowest pace at which everything planned is in time; None where none is.
    """

    steps: Sequence[Step]
    outlooks: Sequence[Outlook]
    weekly_minutes_needed: int | None

    @property
    def cost_fen(self) -> int:
        """What has to be paid."""
        return sum(step.choice.cost_fen for step in self.steps)

    @property
    def quota_hours(self) -> Decimal:
        """What it takes of the quota."""
        return sum((step.choice.quota_hours for step in self.steps), ZERO)

    @property
    def minutes(self) -> int:
        """What is left to watch of it all."""
        return sum(step.choice.offer.minutes for step in self.steps)


def needs_of(credential: Credential, balance: PeriodBalance, today: date) -> list[Target]:
    """What is still to be watched for a certificate, requirement by requirement; what is over is not among it."""
    needs = []
    for gap in balance.shortfalls:
        if gap.unearned and gap.span.end is not None and gap.span.end >= today:
            span = replace(gap.span, start=max(today, gap.span.start))
            needs.append(Target(credential, gap.requirement, span, gap.unearned))
    return needs


def make_plan(
    needs: Sequence[Target], offers: Sequence[Offer], quota: Quota | None, today: date, weekly_minutes: int
) -> Plan:
    """The courses that fill the needs for the least money, in the order in which to watch them.

    What cannot be filled is filled as far as it goes, the nearest deadline and 必修 first. Of plans that cost the same
    it takes courses that were begun, then what is owned, can be claimed, is in the library; none that is not needed.
    """
    ordered = sorted(needs, key=_urgency)
    chosen = _spared(_Search(ordered, offers, quota).best(), ordered)
    steps = _scheduled(chosen, quota, today, weekly_minutes)
    outlooks = [_outlook(need, steps) for need in ordered]

    def is_in_time(pace: int) -> bool:
        paced = _scheduled(chosen, quota, today, pace)
        return not any(step.is_late for step in paced) and all(_is_kept(_outlook(need, paced)) for need in ordered)

    paces = range(PACE_STEP, MOST_WEEKLY_MINUTES + 1, PACE_STEP)
    slowest = bisect_left(paces, True, key=is_in_time)
    return Plan(steps, outlooks, paces[slowest] if slowest < len(paces) else None)


def _is_kept(outlook: Outlook) -> bool:
    return outlook.in_time >= min(outlook.planned, outlook.need.hours)


_ORDER = {Requirement.COMPULSORY: 0, Requirement.YEAR: 1, Requirement.PERIOD: 2}


def _urgency(need: Target) -> tuple[date, int, str, date]:
    """The nearest deadline first; of those of a day 必修, then a year, which ask for less than the whole period."""
    return need.end, _ORDER[need.requirement], need.credential, need.span.start


def _slots(needs: Iterable[Target]) -> list[Period]:
    """The days up to the last deadline, cut wherever a need begins or ends: within a slot every day is alike."""
    cuts = {need.span.start for need in needs} | {need.end + ONE_DAY for need in needs}
    return [Period(start, following - ONE_DAY) for start, following in pairwise(sorted(cuts))]


def _is_within(slot: Period, span: Period) -> bool:
    return contains(span, slot.start)


class _Search:
    """Depth first: the most urgent need that is open is filled by each course in turn that gives something to it.

    A course that was tried in a place is not tried there again beside its alternatives, so no set is seen twice. What
    the rest costs at least is known from the price of an hour, which cuts off most of what is no better.
    """

    def __init__(self, needs: Sequence[Target], offers: Sequence[Offer], quota: Quota | None) -> None:
        self._needs, self._quota = needs, quota
        self._slots = _slots(needs)
        self._offers = _shortlist(needs, offers)
        self._open = [need.hours for need in needs]
        self._given_up: list[bool] = [False] * len(needs)
        self._path: list[Choice] = []
        self._used: set[str] = set()
        self._barred: set[tuple[int, date, bool]] = set()
        self._cost, self._charged, self._nodes = 0, ZERO, 0
        self._best: tuple[tuple[Decimal, int], list[Choice]] | None = None

    def best(self) -> list[Choice]:
        """The choices of the best plan."""
        self._descend()
        return self._best[1] if self._best else []

    def _descend(self) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            return
        if self._best is not None and self._least() >= self._best[0]:
            return
        number = next((n for n, hours in enumerate(self._open) if hours > 0 and not self._given_up[n]), None)
        if number is None:
            # What is left of the quota may have no course: then the estimate above was too good.
            reached = sum((hours for hours in self._open if hours > 0), ZERO), self._cost
            if self._best is None or reached < self._best[0]:
                self._best = reached, list(self._path)
            return
        options = sorted(self._options(number), key=self._preference)
        if not options:
            self._given_up[number] = True
            self._descend()
            self._given_up[number] = False
            return
        barred = []
        for place, choice in options:
            self._take(choice, 1)
            self._descend()
            self._take(choice, -1)
            barred.append((place, choice.span.start, choice.bought))
            self._barred.add(barred[-1])
        self._barred.difference_update(barred)

    def _take(self, choice: Choice, sign: int) -> None:
        for number, need in enumerate(self._needs):
            if _counts(choice, need):
                self._open[number] -= sign * choice.hours
        self._cost += sign * choice.cost_fen
        self._charged += sign * choice.quota_hours
        if sign > 0:
            self._used.add(choice.offer.course.content_id)
            self._path.append(choice)
        else:
            self._used.discard(choice.offer.course.content_id)
            self._path.pop()

    def _options(self, number: int) -> Iterator[tuple[int, Choice]]:
        need = self._needs[number]
        slots = list(self._places(need))
        for place, offer in enumerate(self._offers):
            if not self._can_give(offer, need):
                continue
            for slot in slots:
                for bought in self._ways(offer, slot.start):
                    if (place, slot.start, bought) not in self._barred:
                        yield place, Choice(offer, Period(slot.start, need.end), bought)

    def _can_give(self, offer: Offer, need: Target) -> bool:
        """Not where the same lecture, as this or another course, is in the plan already."""
        return offer.gives(need) and offer.course.content_id not in self._used

    def _places(self, need: Target) -> Iterator[Period]:
        """The slots of a need in which a course serves other open needs than in an earlier one."""
        seen = set()
        for slot in self._slots:
            if not _is_within(slot, need.span):
                continue
            served = frozenset(
                number
                for number, other in enumerate(self._needs)
                if self._open[number] > 0 and _is_within(slot, other.span)
            )
            if served not in seen:
                seen.add(served)
                yield slot

    def _ways(self, offer: Offer, day: date) -> Iterator[bool]:
        """Whether it has to be bought: not what is there for nothing, nor what the quota pays for."""
        if offer.access in (Access.OWNED, Access.CLAIMABLE):
            yield False
            return
        quota = self._quota if offer.access is Access.LIBRARY else None
        if quota is not None and day <= quota.until and quota.covers(self._charged + offer.course.hours):
            yield False
        yield True

    def _preference(self, option: tuple[int, Choice]) -> tuple[object, ...]:
        """Cheapest for what it fills, begun, come by most easily, filling most; then the shortest."""
        place, choice = option
        fills = sum((min(choice.hours, self._open[number]) for number in self._filled_by(choice)), ZERO)
        offer = choice.offer
        rank = ACCESSES.index(offer.access), -fills, offer.minutes
        return choice.cost_fen / fills, not offer.started, *rank, choice.span.start, place

    def _filled_by(self, choice: Choice) -> Iterator[int]:
        return (number for number, need in enumerate(self._needs) if self._open[number] > 0 and _counts(choice, need))

    def _least(self) -> tuple[Decimal, int]:
        """What stays unfilled, and what has to be paid, at least, from here on."""
        unfilled, most = ZERO, ZERO
        room = None if self._quota is None or self._quota.left is None else self._quota.left - self._charged
        for number, need in enumerate(self._needs):
            hours = self._open[number]
            if hours > 0:
                missing, cost = self._least_for(need, hours, room)
                unfilled, most = unfilled + missing, max(most, cost)
        return unfilled, self._cost + ceil(most)

    def _least_for(self, need: Target, hours: Decimal, room: Decimal | None) -> tuple[Decimal, Decimal]:
        left, priced = hours, []
        for offer in self._offers:
            if not self._can_give(offer, need):
                continue
            if offer.access in (Access.OWNED, Access.CLAIMABLE):
                left -= offer.course.hours
            else:
                priced.append((Decimal(offer.price_fen) / offer.course.hours, offer.course.hours))
        library = any(offer.access is Access.LIBRARY for offer in self._offers)
        if library and self._quota is not None:
            left = left - room if room is not None else ZERO
        cost = ZERO
        for price, brought in sorted(priced):
            if left <= 0:
                break
            cost += price * min(left, brought)
            left -= brought
        return max(ZERO, left), cost


def _shortlist(needs: Sequence[Target], offers: Sequence[Offer]) -> list[Offer]:
    """Without what no plan takes: courses that give nothing, and of those that are alike more than can be needed."""
    total = sum((need.hours for need in needs), ZERO)
    alike: dict[tuple[object, ...], list[Offer]] = defaultdict(list)
    for offer in offers:
        if offer.course.hours > 0 and any(offer.gives(need) for need in needs):
            alike[offer.serves, offer.course.category, offer.course.hours, offer.access].append(offer)
    kept: list[Offer] = []
    for group in alike.values():
        group.sort(key=lambda offer: (offer.price_fen, not offer.started, offer.minutes, offer.course.course_id))
        of_lecture = {offer.course.content_id: offer for offer in reversed(group)}
        first = [offer for offer in group if of_lecture[offer.course.content_id] is offer]
        kept += first[: ceil(total / group[0].course.hours)]
    return sorted(kept, key=lambda offer: offer.course.course_id)


def _spared(choices: Sequence[Choice], needs: Sequence[Target]) -> list[Choice]:
    """Without what the others make needless: what costs most first, what was begun last."""

    def worth_sparing(choice: Choice) -> tuple[object, ...]:
        offer = choice.offer
        return -choice.cost_fen, offer.started, -ACCESSES.index(offer.access), -offer.minutes, offer.course.course_id

    kept = list(choices)
    for choice in sorted(choices, key=worth_sparing):
        others = [other for other in kept if other is not choice]
        if all(_filled(need, others) >= min(need.hours, _filled(need, kept)) for need in needs):
            kept = others
    return kept


def _filled(need: Target, choices: Iterable[Choice]) -> Decimal:
    return sum((choice.hours for choice in choices if _counts(choice, need)), ZERO)


def _counts(choice: Choice, need: Target) -> bool:
    return choice.offer.gives(need) and _is_within(choice.span, need.span)


def _scheduled(choices: Sequence[Choice], quota: Quota | None, today: date, weekly_minutes: int) -> list[Step]:
    """The choices one after another at so many minutes a week, none before its days begin.

    Of what can be watched next that comes first which is due first, then 必修, then what was begun.
    """
    waiting, steps, begun, minutes = list(choices), list[Step](), today, 0
    while waiting:
        reached = begun + _days(minutes, weekly_minutes)
        if not any(choice.span.start <= reached for choice in waiting):
            begun, minutes = min(choice.span.start for choice in waiting), 0
            continue
        ready = [choice for choice in waiting if choice.span.start <= reached]
        choice = min(ready, key=lambda each: (_due(each, quota), *_turn(each)))
        waiting.remove(choice)
        minutes += choice.offer.minutes
        steps.append(Step(choice, _due(choice, quota), begun + _days(minutes, weekly_minutes)))
    return steps


def _days(minutes: int, weekly_minutes: int) -> timedelta:
    return timedelta(days=-(-7 * minutes // weekly_minutes))


def _due(choice: Choice, quota: Quota | None) -> date:
    """What the membership opens is due before that ends."""
    end = choice.span.end or date.max
    return min(end, quota.until) if choice.quota_hours and quota is not None else end


def _turn(choice: Choice) -> tuple[bool, bool, int, int, str]:
    offer = choice.offer
    elective = offer.course.category is not Category.COMPULSORY
    return elective, not offer.started, ACCESSES.index(offer.access), offer.minutes, offer.course.course_id


def _outlook(need: Target, steps: Sequence[Step]) -> Outlook:
    in_time = [step.choice for step in steps if not step.is_late and contains(need.span, step.finished_on)]
    planned = _filled(need, (step.choice for step in steps))
    brought = sum((choice.hours for choice in in_time if choice.offer.gives(need)), ZERO)
    return Outlook(need, planned, brought)
