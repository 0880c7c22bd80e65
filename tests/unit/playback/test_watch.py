"""Proof of watching, rule by rule, on the use cases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.kit.problems import Problem
from services.playback.app.watching.read_progress import read_progress
from services.playback.app.watching.start_session import start_session
from services.playback.app.watching.watch import beat, confirm_prompt, pause
from services.playback.domain.ids import CourseId, LearnerId, WatchId
from services.playback.domain.legs import Leg
from services.playback.domain.watch import LegKind
from tests.emitted import emitted
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


@pytest.fixture
def world() -> World:
    return a_world()


def code_of(call: Callable[[], object]) -> str:
    """The code of the refusal that the call must meet."""
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.type.code


def test_watching_everything_and_confirming_every_prompt_completes_exactly_once(world: World) -> None:
    state = watch_to_the_end(world, world.start())
    assert state.live.furthest_ms >= DURATIONS[LONG] - 2_000
    (event,) = world.store.outbox
    assert event.type == "playback.watch_completed.v1"
    assert event.data["prompts_confirmed"] == 2
    assert event.data["basis"] == "claim"


def test_a_completed_watch_costs_at_least_its_duration_of_server_time(world: World) -> None:
    began = world.clock.now()
    watch_to_the_end(world, world.start())
    assert world.clock.now() - began >= timedelta(milliseconds=DURATIONS[LONG] - 2_000)


def test_jumping_to_the_end_is_credited_no_more_than_the_time_that_passed(world: World) -> None:
    state = play(world, world.start(), 1_000, claim_ms=DURATIONS[LONG])
    assert state.live.furthest_ms == 1_000


def test_sessions_completions_and_the_time_watched_are_told(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    state = watch_to_the_end(world, world.start(SHORT))
    told = emitted(capsys)
    assert (told["Sessions"], told["Completions"]) == ([1], [1])
    watched = sum(told["WatchedMs"])
    assert 0 < watched <= state.live.refilled_at
    world.clock.advance(61_000)
    play(world, world.start(LONG), 2_000)
    told = emitted(capsys)
    assert sum(told["WatchedMs"]) + watched >= DURATIONS[SHORT]


def test_a_flood_of_beats_is_credited_no_more_than_one_beat(world: World) -> None:
    state = world.start()
    for _ in range(100):
        state = play(world, state, 10, claim_ms=DURATIONS[LONG])
    assert state.live.furthest_ms == 1_000


def test_a_silence_is_credited_no_more_than_the_gap_cap(world: World) -> None:
    state = play(world, world.start(FAST), 59_000, claim_ms=60_000)
    first_prompt, second_prompt = world.prompts(state)
    assert first_prompt < state.live.furthest_ms == min(60_000, second_prompt)


def test_going_back_is_free_and_lowers_nothing(world: World) -> None:
    state = play(world, world.start(), 5_000)
    state = play(world, state, 4_000, claim_ms=0)
    assert state.live.furthest_ms == 5_000


def test_a_faster_rate_than_the_course_allows_earns_nothing_extra(world: World) -> None:
    state = play(world, world.start(LONG), 3_000, claim_ms=6_000)
    assert state.live.furthest_ms == 3_000


def test_a_course_that_allows_double_speed_is_credited_at_double_speed(world: World) -> None:
    state = play(world, world.start(FAST), 2_000, claim_ms=4_000)
    assert state.live.furthest_ms == 4_000


def test_time_between_sessions_refills_nothing(world: World) -> None:
    state = play(world, world.start(), 2_000)
    pause(world.context, by(LEARNER), state.token, 2_000)
    world.clock.advance(3_600_000)
    state = play(world, world.start(), 0, claim_ms=DURATIONS[LONG])
    assert state.live.furthest_ms == 2_000


def test_restarting_again_and_again_gains_nothing(world: World) -> None:
    for _ in range(20):
        world.clock.advance(100)
        state = world.start(take_over=True)
        state = play(world, state, 0, claim_ms=DURATIONS[LONG])
    assert state.live.furthest_ms == 0


def test_watching_two_courses_in_turn_earns_one_clock(world: World) -> None:
    total = 0
    for course_id in (LONG, SHORT) * 5:
        state = play(world, world.start(course_id, take_over=True), 1_000, claim_ms=DURATIONS[course_id])
        total = state.live.day_total_ms
    assert total <= 10_000


def test_the_daily_cap_ends_credit_until_midnight_in_shanghai(world: World) -> None:
    world.publish(LONG, version="v2", sequence=2, duration_ms=20 * 3_600_000)
    state = world.start()
    cap = state.day_left_ms
    while state.day_left_ms and world.clock.now() < NOON_IN_SHANGHAI + timedelta(hours=11):
        state = confirm(world, state) if state.prompt else play(world, state, 30_000)
    assert state.live.day_total_ms == cap
    assert play(world, state, 10_000).live.furthest_ms == state.live.furthest_ms
    world.clock.advance(12 * 3_600_000)
    state = play(world, world.start(), 10_000)
    assert state.live.day_total_ms == 10_000


def test_nothing_is_credited_while_a_prompt_is_open_however_long(world: World) -> None:
    opened = watch_to_prompt(world, world.start())
    state = opened
    for _ in range(10):
        state = play(world, state, 30_000, claim_ms=DURATIONS[LONG])
        assert state.prompt == opened.prompt
    assert state.live.furthest_ms == opened.live.furthest_ms >= world.prompts(state)[0]
    assert state.live.unspent_ms == opened.live.unspent_ms


def test_what_the_beat_that_passes_a_prompt_credits_stays_credited(world: World) -> None:
    state = world.start()
    first, second = world.prompts(state)
    while state.live.furthest_ms + 4_000 < first:
        state = play(world, state, 4_000)
    before_ms = state.live.furthest_ms
    opened = play(world, state, 4_000)
    assert opened.prompt
    assert opened.live.furthest_ms == before_ms + 4_000 >= first
    confirmed = confirm(world, opened)
    assert confirmed.live.furthest_ms == opened.live.furthest_ms < second
    assert play(world, confirmed, 1_000).live.furthest_ms == opened.live.furthest_ms + 1_000


def test_a_beat_passes_at_most_one_prompt_and_the_next_one_opens_with_the_next_beat(world: World) -> None:
    world.publish(SHORT, version="v2", sequence=2, duration_ms=6_000)
    state = play(world, world.start(SHORT), 30_000, claim_ms=6_000)
    assert state.prompt
    assert (state.prompt.index, state.live.furthest_ms) == (0, world.prompts(state)[1])
    state = play(world, confirm(world, state), 0, claim_ms=6_000)
    assert state.prompt
    assert (state.prompt.index, state.live.furthest_ms) == (1, 6_000)
    assert confirm(world, state).live.completed_at is not None


def test_a_confirmation_works_however_late(world: World) -> None:
    state = watch_to_prompt(world, world.start())
    for _ in range(100):
        state = play(world, state, 50_000)
    assert confirm(world, state).live.confirmed == 1


def test_a_confirmation_without_an_open_prompt_is_refused(world: World) -> None:
    state = world.start()
    assert code_of(lambda: confirm_prompt(world.context, by(LEARNER), state.token, "x")) == "NO_OPEN_PROMPT"


def test_a_nonce_counts_once_and_only_for_its_prompt(world: World) -> None:
    state = watch_to_prompt(world, world.start())
    assert state.prompt
    used = state.prompt.nonce
    state = watch_to_prompt(world, confirm(world, state))
    assert code_of(lambda: confirm_prompt(world.context, by(LEARNER), state.token, used)) == "NONCE_WRONG"


def test_restarting_at_an_open_prompt_shows_it_again_with_a_new_nonce(world: World) -> None:
    state = watch_to_prompt(world, world.start())
    again = world.start(take_over=True)
    assert state.prompt
    assert again.prompt
    assert again.prompt.index == state.prompt.index
    assert again.prompt.nonce != state.prompt.nonce
    assert again.live.furthest_ms == state.live.furthest_ms


def test_no_prompt_position_is_in_the_token_or_in_the_answer(world: World) -> None:
    state = world.start()
    assert str(world.prompts(state)[0]) not in repr(state)


def test_a_second_device_is_asked_and_the_first_learns_what_was_saved(world: World) -> None:
    first = play(world, world.start(), 5_000)
    assert code_of(lambda: world.start()) == "TAKEOVER_REQUIRED"
    second = world.start(take_over=True)
    assert second.live.furthest_ms == 5_000
    with pytest.raises(Problem) as refusal:
        play(world, first, 5_000)
    assert refusal.value.type.code == "LEASE_SUPERSEDED"
    assert refusal.value.members["saved"]["furthest_ms"] == 5_000


def test_taken_over_by_another_course_the_first_still_learns_its_own_saved_position(world: World) -> None:
    first = play(world, world.start(LONG), 5_000)
    world.start(SHORT, take_over=True)
    with pytest.raises(Problem) as refusal:
        play(world, first, 5_000)
    assert refusal.value.members["saved"] == {"course_id": LONG, "furthest_ms": 5_000, "completed": False}


def test_a_lease_expires_by_itself_and_watching_resumes_at_the_credited_position(world: World) -> None:
    play(world, world.start(), 5_000)
    world.clock.advance(60_000)
    assert world.start().live.furthest_ms == 5_000


def test_a_lost_answer_is_given_again_to_the_same_request(world: World) -> None:
    state = world.start()
    first = play(world, state, 5_000)
    again = beat(world.context, by(LEARNER), state.token, 5_000)
    assert again == first


@pytest.mark.parametrize("position_ms", [0, 4_999, 60_000])
def test_an_old_token_with_another_body_is_stale(world: World, position_ms: int) -> None:
    state = world.start()
    play(world, state, 5_000)
    assert code_of(lambda: beat(world.context, by(LEARNER), state.token, position_ms)) == "TOKEN_STALE"


def test_a_retried_start_finds_its_session(world: World) -> None:
    first = start_session(world.context, by(LEARNER, "same-key-same-key"), LONG, take_over=False)
    assert start_session(world.context, by(LEARNER, "same-key-same-key"), LONG, take_over=False) == first


def test_a_key_that_was_used_for_another_course_is_refused_and_changes_nothing(world: World) -> None:
    start_session(world.context, by(LEARNER, "same-key-same-key"), LONG, take_over=False)
    before = dict(world.store.items)
    again = lambda: start_session(world.context, by(LEARNER, "same-key-same-key"), SHORT, take_over=True)  # noqa: E731
    assert code_of(again) == "IDEMPOTENCY_KEY_REUSED"
    assert world.store.items == before


def test_a_stolen_token_is_worthless_to_another_learner(world: World) -> None:
    state = world.start()
    assert code_of(lambda: beat(world.context, by(OTHER), state.token, 1_000)) == "TOKEN_INVALID"


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token[:-2] + ("AA" if not token.endswith("AA") else "BB"),
        lambda token: token.replace("k1.", "k9.", 1),
        lambda token: token.replace("k1.", "current.", 1),
        lambda token: token.split(".")[0] + "." + token.split(".")[1],
        lambda token: ".." + token,
        lambda _: "",
        lambda _: "学时." * 3,
        lambda token: token.split(".")[0] + "." + token.split(".")[1] + "A." + token.split(".")[2],
    ],
)
def test_a_forged_token_is_refused(world: World, forge: Callable[[str], str]) -> None:
    state = world.start()
    assert code_of(lambda: beat(world.context, by(LEARNER), forge(state.token), 1_000)) == "TOKEN_INVALID"


def test_without_an_entitlement_nothing_starts(world: World) -> None:
    assert code_of(lambda: world.start(learner_id=LearnerId("stranger"))) == "NOT_ENTITLED"
    assert code_of(lambda: world.start(CourseId("no-such-course"))) == "COURSE_NOT_FOUND"


def test_an_entitlement_that_ends_during_the_watch_ends_its_credit(world: World) -> None:
    ends = NOON_IN_SHANGHAI + timedelta(seconds=10)
    world.entitle(LODGER, LONG, valid_until=ends, basis="membership")
    state = world.start(learner_id=LODGER)
    world.clock.advance(9_999)
    state = beat(world.context, by(LODGER), state.token, 9_999)
    world.clock.advance(1)
    assert code_of(lambda: beat(world.context, by(LODGER), state.token, 10_000)) == "ENTITLEMENT_ENDED"
    assert code_of(lambda: world.start(learner_id=LODGER, take_over=True)) == "ENTITLEMENT_ENDED"


def test_a_watch_under_way_keeps_its_content_version(world: World) -> None:
    play(world, world.start(), 5_000)
    world.publish(LONG, version="v2", sequence=2, duration_ms=10_000)
    resumed = world.start(take_over=True)
    assert (resumed.live.content_version, resumed.live.duration_ms) == ("v1", DURATIONS[LONG])


def test_older_news_of_a_course_changes_nothing(world: World) -> None:
    world.publish(LONG, version="v3", sequence=3)
    world.publish(LONG, version="v2", sequence=2)
    assert world.start().live.content_version == "v3"


def test_two_key_rotations_during_a_watch_break_nothing_and_move_no_prompt(world: World) -> None:
    state = watch_to_prompt(world, world.start())
    positions = world.prompts(state)
    for key_id in ("k2", "k3"):
        world.ring |= {key_id: key_id * 30, "current": key_id}
        state = confirm(world, state) if state.prompt else play(world, state, 5_000)
        assert world.prompts(state) == positions
    state = watch_to_the_end(world, state)
    legs = world.legs(state.live.watch_id)
    assert {leg.key_id for leg in legs} == {"k1", "k2", "k3"}
    assert world.verify(state.live.watch_id, legs, (state.live.legs, state.live.head_mac)) == []


def tampered(legs: list[Leg]) -> dict[str, list[Leg]]:
    """Each way to falsify a chain of records."""
    second = legs[1]
    changed = replace(second, facts=replace(second.facts, furthest_ms=second.facts.furthest_ms + 1))
    foreign = replace(second, facts=replace(second.facts, watch_id=WatchId("another")))
    return {
        "changed": [legs[0], changed, *legs[2:]],
        "missing": [legs[0], *legs[2:]],
        "reordered": [legs[0], legs[2], legs[1], *legs[3:]],
        "cut off": legs[:-1],
        "foreign": [legs[0], foreign, *legs[2:]],
        "emptied": [],
    }


@pytest.mark.parametrize("how", ["changed", "missing", "reordered", "cut off", "foreign", "emptied"])
def test_a_falsified_chain_is_found_and_the_record_named(world: World, how: str) -> None:
    state = watch_to_the_end(world, world.start())
    legs = tampered(world.legs(state.live.watch_id))[how]
    findings = world.verify(state.live.watch_id, legs, (state.live.legs, state.live.head_mac))
    expected = {"cut off": state.live.legs, "emptied": 1}.get(how, 2)
    assert findings[0].number == expected


def test_progress_is_read_from_whichever_is_newer(world: World) -> None:
    state = play(world, world.start(), 5_000)
    assert read_progress(world.context, by(LEARNER), LONG)[0].furthest_ms == 5_000
    pause(world.context, by(LEARNER), state.token, 5_000)
    world.start(SHORT)
    assert read_progress(world.context, by(LEARNER), LONG)[0].furthest_ms == 5_000
    assert code_of(lambda: read_progress(world.context, by("stranger"), LONG)) == "COURSE_NOT_FOUND"


def test_a_completion_gives_the_session_back_so_the_next_course_need_not_take_over(world: World) -> None:
    state = watch_to_the_end(world, world.start())
    assert not state.live.has_lease(state.live.completed_at or 0)
    started = world.start(SHORT)
    assert started.live.course_id == SHORT
    legs = world.legs(state.live.watch_id)
    assert legs[-1].facts.kind is LegKind.COMPLETED
    assert world.verify(state.live.watch_id, legs, (state.live.legs, state.live.head_mac)) == []


def test_a_lost_answer_of_the_call_that_completes_is_given_again_and_no_other_call_goes_on(world: World) -> None:
    state = watch_to_prompt(world, world.start())
    while state.live.completed_at is None:
        before = state
        state = confirm(world, state) if state.prompt else play(world, state, 5_000)
    assert before.prompt is None
    position_ms = before.live.furthest_ms + 5_000
    world.clock.advance(100)
    kept = dict(world.store.items)
    assert beat(world.context, by(LEARNER), before.token, position_ms) == state
    for token, code in ((before.token, "TOKEN_STALE"), (state.token, "LEASE_EXPIRED")):
        with pytest.raises(Problem) as refusal:
            beat(world.context, by(LEARNER), token, DURATIONS[LONG] + 1)
        assert refusal.value.type.code == code
        assert refusal.value.members["saved"]["completed"] is True
    assert world.store.items == kept
    assert len(world.store.outbox) == 1


def test_the_break_after_a_completion_refills_nothing(world: World) -> None:
    state = watch_to_the_end(world, world.start())
    left = state.live.unspent_ms
    world.clock.advance(3_600_000)
    state = play(world, world.start(SHORT), 0, claim_ms=DURATIONS[SHORT])
    assert state.live.furthest_ms == left
    assert state.live.furthest_ms + state.live.unspent_ms == left


def test_attack_earning_time_on_a_faster_course(world: World) -> None:
    slow, spent = world.start(LONG), 0
    for _ in range(3):
        fast = world.start(FAST, take_over=True)
        play(world, fast, 5_000, claim_ms=0)
        spent += 5_000
        slow = world.start(LONG, take_over=True)
        slow = play(world, slow, 0, claim_ms=DURATIONS[LONG])
    assert world.prompts(slow)[0] > spent
    assert slow.live.furthest_ms == spent


def test_what_was_earned_on_a_slower_course_is_as_much_time_on_a_faster_one(world: World) -> None:
    play(world, world.start(LONG), 5_000, claim_ms=0)
    assert world.start(FAST, take_over=True).live.unspent_ms == 5_000


def test_rewatching_a_completed_course_holds_the_session_while_it_beats(world: World) -> None:
    watch_to_the_end(world, world.start())
    again = world.start()
    for _ in range(3):
        again = play(world, again, 50_000, claim_ms=0)
    assert code_of(lambda: world.start(SHORT)) == "TAKEOVER_REQUIRED"
    pause(world.context, by(LEARNER), again.token, 0)
    assert world.start(SHORT).live.course_id == SHORT


def test_rewatching_a_completed_course_credits_and_completes_nothing_more(world: World) -> None:
    state = watch_to_the_end(world, world.start())
    again = world.start(take_over=True)
    again = play(world, again, 10_000, claim_ms=0)
    assert again.live.completed_at == state.live.completed_at
    assert len(world.store.outbox) == 1


def test_a_later_period_needs_a_watch_of_its_own_with_prompts_of_its_own(world: World) -> None:
    first = watch_to_the_end(world, world.start())
    world.publish(LONG, version="v2", sequence=2)
    again = world.start(take_over=True, new_attempt=True)
    assert (again.live.attempt, again.live.furthest_ms, again.live.confirmed) == (2, 0, 0)
    assert again.live.content_version == "v2"
    assert world.prompts(again) != world.prompts(first)
    assert (
        world.verify(first.live.watch_id, world.legs(first.live.watch_id), (first.live.legs, first.live.head_mac)) == []
    )
    second = watch_to_the_end(world, again)
    assert [event.subject for event in world.store.outbox] == [first.live.watch_id, second.live.watch_id]


def test_a_watch_that_is_not_complete_cannot_be_begun_anew(world: World) -> None:
    state = watch_to_prompt(world, world.start())
    again = world.start(take_over=True, new_attempt=True)
    assert (again.live.attempt, again.live.furthest_ms) == (1, state.live.furthest_ms)
    assert again.prompt
