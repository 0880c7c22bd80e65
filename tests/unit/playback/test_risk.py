"""Risk signals: what a person does is not noticed, and what a plain script does is."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kit.clock import to_ms
from services.playback.domain.ids import SessionId, WatchId
from services.playback.domain.legs import LegFacts
from services.playback.domain.risk import RiskKind, Watch, risk_policy_in_force, risk_signals
from services.playback.domain.watch import LegKind
from tests.unit.playback.world import LEARNER, LONG

POLICY = risk_policy_in_force(date(2026, 6, 1))
MIDNIGHT = to_ms(datetime(2026, 6, 1, tzinfo=UTC) - timedelta(hours=8))
"""Of 1 June in Shanghai."""
HOUR_MS, MINUTE_MS = 3_600_000, 60_000
WATCH_ID = WatchId("w")


def leg(kind: LegKind, at: int, session: str = "s", furthest_ms: int = 0, **facts: Any) -> LegFacts:
    """A leg with the facts that signals look at."""
    return LegFacts(WATCH_ID, LEARNER, LONG, "v1", SessionId(session), 1, kind, at, furthest_ms, **facts)


def session(start: int, minutes: int, name: str = "", end: LegKind = LegKind.PAUSED) -> list[LegFacts]:
    """Some minutes of watching."""
    name = name or str(start)
    return [leg(LegKind.STARTED, start, name), leg(end, start + minutes * MINUTE_MS, name, minutes * MINUTE_MS)]


def answers(reactions: list[int], start: int = MIDNIGHT) -> list[LegFacts]:
    """A watch with these reaction times, five minutes apart, complete with the last one."""
    legs, at = [leg(LegKind.STARTED, start)], start
    for index, reaction in enumerate(reactions):
        at += 5 * MINUTE_MS
        legs.append(leg(LegKind.PROMPT_OPENED, at, prompt_index=index))
        at += reaction
        legs.append(leg(LegKind.PROMPT_CONFIRMED, at, prompt_index=index, response_ms=reaction))
    return [*legs, leg(LegKind.COMPLETED, at)]


def kinds(watch: Watch, *others: Watch) -> set[RiskKind]:
    """What is noticed about a watch among others."""
    return {signal.kind for signal in risk_signals(watch, [*others, watch], POLICY)}


def test_a_person_who_watches_in_the_evening_is_not_noticed() -> None:
    evening = answers([1_800, 2_600, 1_100, 4_200, 900, 2_000, 7_500, 1_300, 1_900, 2_400], MIDNIGHT + 19 * HOUR_MS)
    assert kinds(evening) == set()


def test_equal_reaction_times_are_noticed_with_what_was_measured() -> None:
    (signal,) = risk_signals(watch := answers([1_500, 1_520] * 5), [watch], POLICY)
    assert (signal.kind, signal.measured, signal.threshold) == (RiskKind.CONSTANT_REACTIONS, 7, 60)


def test_reaction_times_are_judged_over_several_short_watches() -> None:
    watches = [answers([1_500, 1_510], MIDNIGHT + day * 24 * HOUR_MS) for day in range(5)]
    assert kinds(watches[-1], *watches[:-1]) == {RiskKind.CONSTANT_REACTIONS}
    assert kinds(watches[-1], *watches[1:-1]) == set(), "too few to say"


def test_what_came_after_the_completion_is_left_out() -> None:
    watches = [answers([1_500, 1_510], MIDNIGHT + day * 24 * HOUR_MS) for day in range(5)]
    assert kinds(watches[0], *watches[1:]) == set()


@given(st.integers(0, 2**32), st.integers(400, 5_000))
@settings(deadline=None)
def test_a_person_as_even_as_in_a_laboratory_is_not_noticed(seed: int, mean: int) -> None:
    random = Random(seed)  # noqa: S311 (no secret)
    reactions = [max(300, round(random.gauss(mean, mean / 4))) for _ in range(9)] + [mean * 2]
    assert RiskKind.CONSTANT_REACTIONS not in kinds(answers(reactions))


@given(st.integers(0, 2**32), st.integers(1_000, 5_000))
@settings(deadline=None)
def test_a_fixed_wait_is_noticed_through_the_jitter_of_a_network(seed: int, wait: int) -> None:
    random = Random(seed)  # noqa: S311 (no secret)
    assert RiskKind.CONSTANT_REACTIONS in kinds(answers([wait + random.randint(0, 100) for _ in range(10)]))


@pytest.mark.parametrize(("fastest", "noticed"), [(0, True), (249, True), (250, False)])
def test_a_reaction_no_person_has_is_noticed(fastest: int, noticed: bool) -> None:
    found = risk_signals(watch := answers([2_000, fastest, 4_000]), [watch], POLICY)
    assert [(signal.kind, signal.measured) for signal in found] == [(RiskKind.IMPOSSIBLE_REACTION, fastest)] * noticed


def test_an_impossible_reaction_of_an_earlier_watch_is_not_noticed_again() -> None:
    assert kinds(answers([900, 2_000], MIDNIGHT + HOUR_MS * 20), answers([10])) == set()


@pytest.mark.parametrize(("hours", "noticed"), [(15, False), (16, True), (24, True)])
def test_watching_in_most_hours_of_a_day_is_noticed(hours: int, noticed: bool) -> None:
    day = [session(MIDNIGHT + hour * HOUR_MS, 10) for hour in range(hours)]
    assert (RiskKind.ROUND_THE_CLOCK in kinds(day[-1], *day[:-1])) == noticed


def test_hours_are_those_of_one_day_in_shanghai() -> None:
    days = [session(MIDNIGHT + hour * HOUR_MS, 10) for hour in range(12, 36)]
    assert RiskKind.ROUND_THE_CLOCK not in kinds(days[-1], *days[:-1])


def test_a_prompt_left_open_over_night_is_not_watching() -> None:
    night = [
        leg(LegKind.STARTED, MIDNIGHT - HOUR_MS),
        leg(LegKind.PROMPT_OPENED, MIDNIGHT, prompt_index=0),
        leg(LegKind.PROMPT_CONFIRMED, MIDNIGHT + 20 * HOUR_MS, prompt_index=0, response_ms=20 * HOUR_MS),
        leg(LegKind.COMPLETED, MIDNIGHT + 20 * HOUR_MS),
    ]
    assert kinds(night) == set()
    waiting = [leg(LegKind.STARTED, MIDNIGHT, prompt_index=0), *night[2:]]
    assert kinds(waiting) == set()


def test_a_session_that_expired_lasted_no_longer_than_its_credit_took() -> None:
    forgotten = session(MIDNIGHT, 60, end=LegKind.PAUSED)
    forgotten[1] = leg(LegKind.EXPIRED, MIDNIGHT + 20 * HOUR_MS, forgotten[0].session_id, 60 * MINUTE_MS)
    assert kinds([*forgotten, *session(MIDNIGHT + 20 * HOUR_MS, 5)]) == set()


def test_two_days_without_rest_are_noticed() -> None:
    halves = [session(MIDNIGHT + half * 3 * HOUR_MS, 30) for half in range(17)]
    (signal,) = [s for s in risk_signals(halves[-1], halves, POLICY) if s.kind is RiskKind.NO_REST]
    assert (signal.measured, signal.threshold) == (150, 240)
    assert RiskKind.NO_REST not in kinds(halves[-1], *halves[:4], *halves[6:-1]), "one night's sleep"
    assert RiskKind.NO_REST not in kinds(halves[8], *halves[:8]), "a day is not long enough to say"


@pytest.mark.parametrize(("times", "noticed"), [(9, False), (10, True)])
def test_frequent_takeovers_are_noticed(times: int, noticed: bool) -> None:
    start = MIDNIGHT + 10 * HOUR_MS
    handovers = [
        part for number in range(times) for part in session(start + number * 5 * MINUTE_MS, 4, end=LegKind.TAKEN_OVER)
    ]
    last = session(start + times * 5 * MINUTE_MS, 4, end=LegKind.COMPLETED)
    assert (RiskKind.FREQUENT_TAKEOVERS in kinds([*handovers, *last])) == noticed


def test_takeovers_of_other_days_do_not_count() -> None:
    old = [part for n in range(20) for part in session(MIDNIGHT + n * 5 * MINUTE_MS, 4, end=LegKind.TAKEN_OVER)]
    assert kinds(session(MIDNIGHT + 40 * HOUR_MS, 10), old) == set()


ASKING = risk_policy_in_force(date(2026, 12, 1))
"""The first edition that looks at answers to questions."""


def asked(outcome: str, start: int = MIDNIGHT) -> list[LegFacts]:
    """A watch with these answers, a minute apart: x is wrong, o is right, - confirms a prompt that asks nothing."""
    answer = {
        "x": (LegKind.ANSWERED_WRONG, 1),
        "o": (LegKind.PROMPT_CONFIRMED, 0),
        "-": (LegKind.PROMPT_CONFIRMED, None),
    }
    answered = [(start + number * MINUTE_MS, *answer[letter]) for number, letter in enumerate(outcome, start=1)]
    legs = [leg(kind, at, choice=choice, response_ms=1_000 + at % 7_919) for at, kind, choice in answered]
    return [leg(LegKind.STARTED, start), *legs, leg(LegKind.COMPLETED, start + (len(outcome) + 1) * MINUTE_MS)]


def guessed(watch: Watch, *others: Watch) -> list[int]:
    """How many wrong answers are noticed about a watch among others, if any are."""
    found = risk_signals(watch, [*others, watch], ASKING)
    return [signal.measured for signal in found if signal.kind is RiskKind.GUESSED_ANSWERS]


@pytest.mark.parametrize(
    ("outcome", "noticed"),
    [("xxxo" * 4, [12]), ("xo" * 11, []), ("x" * 11 + "o", [11]), ("x" * 10 + "o", []), ("ooxo" * 20, [])],
)
def test_as_many_wrong_answers_as_guessing_gives_are_noticed(outcome: str, noticed: list[int]) -> None:
    assert guessed(asked(outcome)) == noticed


def test_answers_are_judged_over_several_short_watches_the_last_ones_only() -> None:
    days = [asked("xxoxxo", MIDNIGHT + day * 24 * HOUR_MS) for day in range(3)]
    assert guessed(days[2], *days[:2]) == [12]
    assert guessed(days[1], days[0], days[2]) == [], "what came later is left out"
    learnt = asked("o" * 10 + "xo", MIDNIGHT + 72 * HOUR_MS)
    assert guessed(learnt, *days) == [], "only the last twenty count"


def test_prompts_that_ask_nothing_do_not_hide_guessing() -> None:
    assert guessed(asked("-" * 20 + "xxxo" * 4 + "-" * 20)) == [12]


def test_a_watch_without_a_wrong_answer_is_not_noticed_for_earlier_guessing() -> None:
    earlier = asked("xxxo" * 4)
    assert guessed(asked("oo", MIDNIGHT + 24 * HOUR_MS), earlier) == []
    assert guessed(asked("--", MIDNIGHT + 24 * HOUR_MS), earlier) == []


def test_the_first_edition_does_not_look_at_answers() -> None:
    assert RiskKind.GUESSED_ANSWERS not in kinds(asked("xxxo" * 8))


def test_no_thresholds_before_the_first_edition() -> None:
    with pytest.raises(LookupError):
        risk_policy_in_force(date(2025, 12, 31))
