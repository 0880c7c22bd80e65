"""Hosts whose clocks differ: nobody gains anything by being answered now by one and now by another."""

from fractions import Fraction

import pytest

from services.kit.problems import Problem
from services.playback.app.watching.read_progress import read_progress
from services.playback.app.watching.watch import beat, confirm_prompt, pause
from services.playback.app.watching.watch_state import WatchState
from services.playback.app.watching.watches import read_attempts
from tests.unit.playback.player import play, watch_to_prompt
from tests.unit.playback.world import DURATIONS, FAST, LEARNER, LONG, SHORT, World, a_world, by

SKEW_MS = 20_000
SLOW, RIGHT = -SKEW_MS, 0


@pytest.fixture
def world() -> World:
    return a_world()


def claim_all(world: World, state: WatchState) -> WatchState:
    """Beats at once, for all there is."""
    return play(world, state, 0, claim_ms=DURATIONS[state.live.course_id])


def test_200_restarts_between_a_slow_and_a_right_host_gain_nothing(world: World) -> None:
    world.publish(LONG, version="v2", sequence=2, duration_ms=3_600_000)
    world.start()
    for _ in range(200):
        world.clock.ahead_ms = SLOW
        state = world.start(take_over=True)
        world.clock.ahead_ms = RIGHT
        state = play(world, state, 0, claim_ms=3_600_000)
    assert state.live.furthest_ms == 0


def test_a_host_that_is_ahead_lends_its_advance_once(world: World) -> None:
    world.publish(LONG, version="v2", sequence=2, duration_ms=3_600_000)
    state = world.start()
    for number in range(200):
        world.clock.ahead_ms = SKEW_MS * (number % 2)
        state = play(world, state, 0, claim_ms=3_600_000)
    assert state.live.furthest_ms == SKEW_MS
    state = play(world, state, SKEW_MS - 1, claim_ms=3_600_000)
    assert state.live.furthest_ms <= 2 * SKEW_MS - 1


def had(world: World) -> Fraction:
    """All the real time that a learner was given: in the bucket, and spent on lectures at their highest rates."""
    begun = {stored.value.course_id for stored in read_attempts(world.store, LEARNER)}
    watches = [read_progress(world.context, by(LEARNER), course_id)[0] for course_id in begun]
    return world.live().unspent_ms + sum((w.furthest_ms / Fraction(w.max_rate) for w in watches), Fraction())


@pytest.mark.parametrize("path", ["pause", "another course", "takeover", "confirmation"])
def test_no_path_between_a_slow_and_a_right_host_gains_anything(world: World, path: str) -> None:
    state = watch_to_prompt(world, world.start(FAST))
    before = had(world)
    for _ in range(20):
        world.clock.ahead_ms = SLOW
        if path == "confirmation" and state.prompt:
            state = confirm_prompt(world.context, by(LEARNER), state.token, state.prompt.nonce)
        elif path == "pause":
            pause(world.context, by(LEARNER), state.token, 0)
            state = world.start(FAST)
        elif path == "another course":
            state = world.start(SHORT if state.live.course_id == FAST else FAST, take_over=True)
        else:
            state = world.start(FAST, take_over=True)
        world.clock.ahead_ms = RIGHT
        state = claim_all(world, state)
    assert before - 1_000 < had(world) <= before


def test_a_slow_host_does_not_bring_the_day_before_back(world: World) -> None:
    state = play(world, world.start(), 5_000)
    world.clock.advance(12 * 3_600_000 - 5_000)
    state = play(world, world.start(), 1_000)
    assert state.live.day_total_ms == 1_000
    world.clock.ahead_ms = SLOW
    state = play(world, state, 2_000)
    assert (state.live.day, state.live.day_total_ms) == ("2026-01-06", 1_000)
    world.clock.ahead_ms = RIGHT
    assert play(world, state, 0).live.day_total_ms <= 3_000


def test_a_slow_host_does_not_shorten_the_lease_so_nobody_else_gets_in_unasked(world: World) -> None:
    state = play(world, world.start(), 5_000)
    world.clock.ahead_ms = SLOW
    beat(world.context, by(LEARNER), state.token, 5_000)
    world.clock.ahead_ms = RIGHT
    world.clock.advance(59_999)
    with pytest.raises(Problem) as asked:
        world.start()
    assert asked.value.type.code == "TAKEOVER_REQUIRED"


def test_a_pause_at_a_fast_host_gives_the_session_back_to_a_slow_one(world: World) -> None:
    state = play(world, world.start(), 5_000)
    world.clock.ahead_ms = SKEW_MS
    pause(world.context, by(LEARNER), state.token, 5_000)
    world.clock.ahead_ms = SLOW
    assert world.start(SHORT).live.course_id == SHORT


def test_records_never_go_back_in_time(world: World) -> None:
    state = world.start()
    for number in range(12):
        world.clock.ahead_ms = (SKEW_MS, SLOW)[number % 2]
        world.clock.advance(3_000)
        if state.prompt:
            state = confirm_prompt(world.context, by(LEARNER), state.token, state.prompt.nonce)
        else:
            state = play(world, state, 0, claim_ms=DURATIONS[LONG])
    facts = [leg.facts for leg in world.legs(state.live.watch_id)]
    assert [fact.at for fact in facts] == sorted(fact.at for fact in facts)
    assert all(fact.response_ms is None or fact.response_ms >= 0 for fact in facts)
