"""Coming back: after an outage to one's own session, and after a reload to one's own place."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.kit.problems import Problem
from services.kit.signing import ES256
from services.playback.app.evidence.archive_watch import archive_watch
from services.playback.app.evidence.packs import kept_pack
from services.playback.app.watching.start_session import start_session
from services.playback.app.watching.watch import beat, pause
from services.playback.app.watching.watch_state import WatchState
from services.playback.domain.ids import CourseId, WatchId
from services.playback.domain.risk import RiskKind, risk_policy_in_force, risk_signals
from services.playback.domain.watch import LegKind
from tests.fakes.archive import MemoryArchive
from tests.fakes.signing import MemorySigner
from tests.unit.playback.player import confirm, play, watch_to_prompt, watch_to_the_end
from tests.unit.playback.world import (
    DURATIONS,
    FAST,
    LEARNER,
    LODGER,
    LONG,
    NOON_IN_SHANGHAI,
    OTHER,
    SHORT,
    World,
    a_world,
    by,
)
from tests.verifying import doubts

LEASE_MS = 60_000
HOUR_MS = 3_600_000


@pytest.fixture
def world() -> World:
    return a_world()


def code_of(call: Callable[[], object]) -> str:
    """The code of the refusal that the call must meet."""
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.type.code


def reload(world: World, course_id: CourseId, token: str) -> WatchState:
    """The page is loaded anew, and remembers its token."""
    return start_session(world.context, by(LEARNER, world.ids.new()), course_id, take_over=False, token=token).state


@pytest.mark.parametrize("away_ms", [29_000, LEASE_MS - 1, LEASE_MS, 90_000, 10 * HOUR_MS])
@pytest.mark.parametrize(("course_id", "rate"), [(LONG, 1), (FAST, 2)])
def test_who_comes_back_keeps_what_was_played_of_one_cap_and_no_more(
    world: World, away_ms: int, course_id: CourseId, rate: int
) -> None:
    state = play(world, world.start(course_id), 2_000, claim_ms=2_000 * rate)
    session_id, limit_ms = state.live.session_id, world.prompts(state)[1]
    state = play(world, state, away_ms, claim_ms=DURATIONS[course_id])
    assert state.live.session_id == session_id
    assert state.live.furthest_ms == min(rate * (2_000 + min(away_ms, 30_000)), limit_ms)
    assert play(world, state, 0, claim_ms=DURATIONS[course_id]).live.furthest_ms == state.live.furthest_ms


def test_a_record_of_an_outage_says_so_and_is_whole(world: World) -> None:
    state = play(world, world.start(), 5_000)
    state = play(world, state, 10 * HOUR_MS, claim_ms=10_000)
    kinds = [leg.facts.kind for leg in world.legs(state.live.watch_id)]
    assert kinds[:3] == [LegKind.STARTED, LegKind.EXPIRED, LegKind.STARTED]
    assert [leg.facts.furthest_ms for leg in world.legs(state.live.watch_id)] == [0, 5_000, 5_000]
    watch_to_the_end(world, state)
    packs, completed = MemoryArchive(), world.store.outbox[-1]
    archive_watch(world.archive_context(MemorySigner(ES256), packs), completed)
    pack = kept_pack(packs, WatchId(completed.subject))
    assert pack
    assert doubts(pack) == []
    legs = [leg.facts for leg in world.legs(state.live.watch_id)]
    signals = risk_signals(legs, [legs], risk_policy_in_force(NOON_IN_SHANGHAI.date()))
    assert {signal.kind for signal in signals} <= {RiskKind.CONSTANT_REACTIONS}


def test_a_prompt_is_confirmed_after_an_outage_with_the_time_it_took(world: World) -> None:
    state = confirm(world, watch_to_prompt(world, world.start()), after_ms=5 * HOUR_MS)
    legs = [leg.facts for leg in world.legs(state.live.watch_id)]
    assert (legs[-1].kind, legs[-1].response_ms) == (LegKind.PROMPT_CONFIRMED, 5 * HOUR_MS)
    assert legs[-1].at - legs[-2].at == 5 * HOUR_MS


def test_a_pause_after_an_outage_saves_it(world: World) -> None:
    state = play(world, world.start(), 5_000)
    world.clock.advance(90_000)
    paused = pause(world.context, by(LEARNER), state.token, 15_000)
    assert paused.live.furthest_ms == 15_000
    assert world.start(SHORT).live.course_id == SHORT


def test_once_somebody_else_has_started_it_is_theirs(world: World) -> None:
    state = play(world, world.start(), 5_000)
    world.clock.advance(LEASE_MS)
    world.start(SHORT)
    assert code_of(lambda: play(world, state, 0)) == "LEASE_SUPERSEDED"


@pytest.mark.parametrize("end", ["paused", "revoked", "entitlement ended"])
def test_what_has_ended_stays_ended_however_late(world: World, end: str) -> None:
    learner_id = LODGER if end == "entitlement ended" else LEARNER
    world.entitle(LODGER, LONG, valid_until=NOON_IN_SHANGHAI + timedelta(seconds=30))
    state = world.start(learner_id=learner_id)
    if end == "paused":
        state = pause(world.context, by(LEARNER), state.token, 0)
    elif end == "revoked":
        world.revoke(LEARNER, LONG)
    world.clock.advance(10 * LEASE_MS)
    expected = {"paused": "LEASE_EXPIRED", "revoked": "ENTITLEMENT_REVOKED", "entitlement ended": "ENTITLEMENT_ENDED"}
    before = dict(world.store.items)
    assert code_of(lambda: beat(world.context, by(learner_id), state.token, 1_000)) == expected[end]
    assert world.store.items == before


def test_a_reloaded_page_is_not_asked_whether_to_take_over_from_itself(world: World) -> None:
    state = play(world, world.start(), 5_000)
    again = reload(world, LONG, state.token)
    assert again.live.furthest_ms == 5_000
    assert [leg.facts.kind for leg in world.legs(again.live.watch_id)][-2:] == [LegKind.PAUSED, LegKind.STARTED]
    assert code_of(lambda: play(world, state, 1_000)) == "LEASE_SUPERSEDED"
    assert reload(world, SHORT, again.token).live.course_id == SHORT


def test_a_page_whose_last_answer_was_lost_is_still_the_same(world: World) -> None:
    first = world.start()
    play(world, first, 5_000)
    assert reload(world, LONG, first.token).live.furthest_ms == 5_000


@pytest.mark.parametrize("whose", ["an earlier session's", "another learner's", "nobody's"])
def test_another_token_shows_nothing_and_the_question_is_asked(world: World, whose: str) -> None:
    tokens = {
        "an earlier session's": world.start().token,
        "another learner's": world.start(learner_id=OTHER).token,
        "nobody's": "k1.e30.AAAA",
    }
    world.start(take_over=True)
    assert code_of(lambda: reload(world, LONG, tokens[whose])) == "TAKEOVER_REQUIRED"


def test_reloading_again_and_again_gains_nothing(world: World) -> None:
    state = world.start()
    for _ in range(20):
        world.clock.advance(100)
        state = play(world, reload(world, LONG, state.token), 0, claim_ms=DURATIONS[LONG])
    assert state.live.furthest_ms == 0
