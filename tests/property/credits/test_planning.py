"""Plans against everything that could have been chosen: what a plan promises holds for any needs and courses."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise, product
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.credits.domain.balances import Requirement
from services.credits.domain.courses import CourseVersion
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ids import CourseId
from services.credits.domain.periods import Period, contains
from services.credits.domain.planning import Access, Choice, Obstacle, Offer, Plan, Quota, Target, make_plan

TODAY = date(2027, 3, 1)
ENDS = [date(2027, 6, 30), date(2027, 12, 31), date(2028, 12, 31)]
FREE = (Access.OWNED, Access.CLAIMABLE)
half_hours = st.integers(1, 8).map(lambda halves: Decimal(halves) / 2)


@st.composite
def need(draw: st.DrawFn) -> Target:
    """A requirement of a certificate; of a year that has not begun, sometimes."""
    end = draw(st.sampled_from(ENDS))
    start = draw(st.sampled_from([TODAY, *(day + timedelta(1) for day in ENDS if day < end)]))
    credential = draw(st.sampled_from([Credential.AFP, Credential.CFP]))
    return Target(credential, draw(st.sampled_from(Requirement)), Period(start, end), draw(half_hours))


@st.composite
def offer(draw: st.DrawFn, number: int) -> Offer:
    """A course; two may be the same lecture."""
    serves = draw(st.sets(st.sampled_from([Credential.AFP, Credential.CFP]), min_size=0))
    course = CourseVersion(
        course_id=CourseId(f"c{number}"),
        content_version="v",
        content_id=draw(st.sampled_from([f"l{number}", "l0"])),
        title=f"c{number}",
        hours=draw(half_hours),
        category=draw(st.sampled_from(Category)),
        eligible=tuple(serves),
        sequence=1,
    )
    access, price = draw(st.sampled_from(Access)), draw(st.integers(0, 6)) * 1_000
    return Offer(course, access, price, draw(st.integers(0, 300)), draw(st.booleans()), frozenset(serves))


quotas = st.none() | st.builds(
    Quota, st.none() | st.integers(0, 10).map(lambda halves: Decimal(halves) / 2), st.sampled_from([TODAY, *ENDS])
)
paces = st.integers(15, 600)
needs_of_some = st.lists(need(), max_size=4, unique_by=lambda one: (one.credential, one.requirement, one.span))
few = st.integers(0, 4).flatmap(lambda size: st.tuples(*(offer(number) for number in range(size))))
many = st.integers(0, 40).flatmap(lambda size: st.tuples(*(offer(number) for number in range(size))))


def _brought(need: Target, choices: Sequence[Choice]) -> Decimal:
    of_category = need.requirement is not Requirement.COMPULSORY
    return sum(
        (
            choice.hours
            for choice in choices
            if need.credential in choice.offer.serves
            and (of_category or choice.offer.course.category is Category.COMPULSORY)
            and contains(need.span, choice.span.start)
        ),
        Decimal(0),
    )


def _within_quota(choices: Sequence[Choice], quota: Quota | None) -> bool:
    charged = [choice for choice in choices if choice.quota_hours]
    if quota is None:
        return not charged
    hours = sum((choice.hours for choice in charged), Decimal(0))
    return (quota.left is None or hours <= quota.left) and all(c.span.start <= quota.until for c in charged)


def _once(choices: Sequence[Choice]) -> bool:
    lectures = [choice.offer.course.content_id for choice in choices]
    return len(lectures) == len(set(lectures))


def _everything(needs: Sequence[Target], offers: Sequence[Offer], quota: Quota | None) -> Iterator[list[Choice]]:
    """Every way to watch some of the courses, each in some stretch of days."""
    cuts = {day for one in needs for day in (one.span.start, one.end + timedelta(1))}
    starts = [start for start, _ in pairwise(sorted(cuts))]
    each = [
        [None, *(Choice(one, Period(start), bought) for start in starts for bought in _ways(one))] for one in offers
    ]
    for combination in product(*each):
        choices = [choice for choice in combination if choice]
        if _once(choices) and _within_quota(choices, quota):
            yield choices


def _ways(offer: Offer) -> list[bool]:
    if offer.access in FREE:
        return [False]
    return [False, True] if offer.access is Access.LIBRARY else [True]


@given(needs_of_some, few, quotas, paces)
def test_nothing_cheaper_fills_what_can_be_filled(
    needs: list[Target], offers: tuple[Offer, ...], quota: Quota | None, pace: int
) -> None:
    """Where all can be filled it is, for the least money that there is."""
    plan = make_plan(needs, offers, quota, TODAY, pace)
    filling = [
        sum(choice.cost_fen for choice in choices)
        for choices in _everything(needs, offers, quota)
        if all(_brought(one, choices) >= one.hours for one in needs)
    ]
    unplanned = [outlook for outlook in plan.outlooks if outlook.unplanned]
    assert bool(unplanned) == (not filling)
    if filling:
        assert plan.cost_fen == min(filling)


def _check(plan: Plan, needs: Sequence[Target], quota: Quota | None) -> None:
    choices = [step.choice for step in plan.steps]
    assert _once(choices)
    assert _within_quota(choices, quota)
    assert {(outlook.need, outlook.planned) for outlook in plan.outlooks} == {
        (one, _brought(one, choices)) for one in needs
    }
    assert all(choice.bought in _ways(choice.offer) for choice in choices)


@given(needs_of_some, many, quotas, paces)
def test_a_plan_is_within_the_quota_and_has_nothing_needless(
    needs: list[Target], offers: tuple[Offer, ...], quota: Quota | None, pace: int
) -> None:
    """Also where there is more to choose from than can be tried."""
    plan = make_plan(needs, offers, quota, TODAY, pace)
    _check(plan, needs, quota)
    choices = [step.choice for step in plan.steps]
    for others in combinations(choices, max(0, len(choices) - 1)):
        if choices:
            assert any(min(one.hours, _brought(one, others)) < min(one.hours, _brought(one, choices)) for one in needs)


@given(needs_of_some, many, quotas, paces, st.randoms())
def test_a_plan_follows_from_what_is_there_whatever_its_order(
    needs: list[Target], offers: tuple[Offer, ...], quota: Quota | None, pace: int, random: Random
) -> None:
    """The same again, and with everything in another order."""
    shuffled, other_needs = list(offers), list(needs)
    random.shuffle(shuffled)
    random.shuffle(other_needs)
    assert make_plan(needs, offers, quota, TODAY, pace) == make_plan(other_needs, shuffled, quota, TODAY, pace)


@given(needs_of_some, many, quotas, paces)
def test_what_is_said_of_the_time_is_so(
    needs: list[Target], offers: tuple[Offer, ...], quota: Quota | None, pace: int
) -> None:
    """Each day follows from the pace, none lies before its turn, and the pace that is asked for is enough and least."""
    plan = make_plan(needs, offers, quota, TODAY, pace)
    watched, finished = 0, TODAY
    for step in plan.steps:
        watched += step.choice.offer.minutes
        assert step.finished_on >= max(finished, step.choice.span.start)
        assert (step.finished_on - TODAY).days >= watched * 7 / pace
        finished = step.finished_on
    for outlook in plan.outlooks:
        assert outlook.in_time <= outlook.planned
        if outlook.obstacle is None:
            assert outlook.in_time >= outlook.need.hours
    enough = plan.weekly_minutes_needed
    if enough is not None:
        in_time = make_plan(needs, offers, quota, TODAY, enough)
        assert Obstacle.TOO_LITTLE_TIME not in {outlook.obstacle for outlook in in_time.outlooks}
        assert not any(step.is_late for step in in_time.steps)
        if enough > 5:
            slower = make_plan(needs, offers, quota, TODAY, enough - 5)
            late = any(step.is_late for step in slower.steps)
            short = any(out.in_time < min(out.planned, out.need.hours) for out in slower.outlooks)
            assert late or short
