"""Taking an entitlement back: what it stops, what it leaves, and that completion and revocation never both win."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from services.kit.problems import Problem
from services.kit.store import Change, Stored
from services.playback.app.items import attempt_key, grant_key, live_key
from services.playback.app.media.grant_media import grant_media
from services.playback.app.revocation import decide_revocation as decide
from services.playback.app.revocation.decide_revocation import decide_revocation
from services.playback.app.watching.start_session import start_session
from services.playback.app.watching.watch import beat, confirm_prompt, pause
from services.playback.app.watching.watch_state import WatchState
from services.playback.domain.entitlement import Entitlement
from services.playback.domain.ids import CourseId, EntitlementId
from services.playback.domain.watch import UNKNOWN_ENTITLEMENT, Attempt, LegKind, Live
from tests.unit.playback.player import confirm, play, watch_to_the_end
from tests.unit.playback.test_media import Named
from tests.unit.playback.world import LEARNER, LODGER, LONG, OTHER, SHORT, Crash, World, a_world, by


@pytest.fixture
def world() -> World:
    return a_world()


def refused(call: Callable[[], object]) -> Problem:
    """The refusal that the call must meet."""
    with pytest.raises(Problem) as caught:
        call()
    return caught.value


def attempt(world: World, course_id: CourseId = LONG) -> Stored[Attempt]:
    """The learner's first watch of a course, as stored."""
    stored = world.store.get(attempt_key(LEARNER, course_id, 1), Attempt)
    assert stored
    return stored


def decisions(world: World) -> list[dict[str, Any]]:
    """What was answered to orders."""
    return [e.data for e in world.store.outbox if e.type == "playback.entitlement_revocation_decided.v1"]


def test_the_next_call_of_the_session_is_refused_and_says_what_is_saved(world: World) -> None:
    first = world.start()
    state = play(world, first, 5_000)
    assert world.revoke(LEARNER, LONG) == "revoked"
    before = dict(world.store.items)
    calls: dict[str, Callable[[], object]] = {
        "beat": lambda: beat(world.context, by(LEARNER), state.token, 6_000),
        "the last request again": lambda: beat(world.context, by(LEARNER), first.token, 5_000),
        "pause": lambda: pause(world.context, by(LEARNER), state.token, 6_000),
        "start": world.start,
        "media": lambda: grant_media(world.media_context(Named()), by(LEARNER), state.token),
    }
    for name, call in calls.items():
        problem = refused(call)
        assert problem.type.code == "ENTITLEMENT_REVOKED", name
        assert problem.members["saved"] == {"course_id": LONG, "furthest_ms": 5_000, "completed": False}, name
    assert world.store.items == before


def test_a_beat_long_after_the_revocation_is_told_of_it_too(world: World) -> None:
    state = world.start()
    world.revoke(LEARNER, LONG)
    world.clock.advance(3_600_000)
    assert refused(lambda: play(world, state, 0)).type.code == "ENTITLEMENT_REVOKED"


def test_an_open_prompt_can_no_longer_be_confirmed(world: World) -> None:
    state = world.start()
    while state.prompt is None:
        state = play(world, state, 5_000)
    world.revoke(LEARNER, LONG)
    assert refused(lambda: confirm(world, state)).type.code == "ENTITLEMENT_REVOKED"
    assert attempt(world).value.confirmed == 0


def test_the_record_says_how_the_session_ended_and_stays_whole(world: World) -> None:
    state = play(world, world.start(), 5_000)
    world.revoke(LEARNER, LONG)
    saved = attempt(world).value
    legs = world.legs(state.live.watch_id)
    assert (legs[-1].facts.kind, legs[-1].facts.furthest_ms, saved.furthest_ms) == (LegKind.REVOKED, 5_000, 5_000)
    assert world.verify(saved.watch_id, legs, (saved.legs, saved.head_mac)) == []


def test_losing_one_entitlement_leaves_the_others(world: World) -> None:
    world.entitle(LEARNER, LONG, basis="membership")
    state = play(world, world.start(), 5_000)
    assert attempt(world).value.entitlement.basis == "claim"
    world.revoke(LEARNER, LONG, basis="claim")
    assert refused(lambda: play(world, state, 1_000)).type.code == "ENTITLEMENT_REVOKED"
    again = watch_to_the_end(world, world.start())
    assert world.store.outbox[-1].data["basis"] == "membership"
    assert again.live.furthest_ms > 5_000


def test_losing_an_entitlement_that_nothing_rests_on_interrupts_nothing(world: World) -> None:
    world.entitle(LEARNER, LONG, basis="membership")
    state = play(world, world.start(), 5_000)
    assert world.revoke(LEARNER, LONG, basis="membership") == "revoked"
    assert play(world, state, 5_000).live.furthest_ms == 10_000


def test_a_session_of_another_course_goes_on(world: World) -> None:
    play(world, world.start(SHORT), 2_000)
    state = play(world, world.start(LONG, take_over=True), 5_000)
    assert world.revoke(LEARNER, SHORT) == "revoked"
    assert play(world, state, 1_000).live.furthest_ms == 6_000
    assert refused(lambda: world.start(SHORT, take_over=True)).type.code == "ENTITLEMENT_REVOKED"


def test_a_completed_watch_keeps_its_entitlement_and_is_named(world: World) -> None:
    state = watch_to_the_end(world, world.start())
    assert world.revoke(LEARNER, LONG) == "already_completed"
    assert decisions(world)[0]["watch_id"] == state.live.watch_id
    assert world.start(take_over=True).live.completed_at == state.live.completed_at


def test_an_administrator_takes_back_even_what_was_completed_and_the_record_stays(world: World) -> None:
    state = watch_to_the_end(world, world.start())
    before = attempt(world).value
    assert world.revoke(LEARNER, LONG, even_if_completed=True) == "revoked"
    (decided,) = decisions(world)
    assert (decided["watch_id"], decided["completed_watch_ids"]) == (None, [state.live.watch_id])
    assert attempt(world).value == before
    assert refused(lambda: play(world, state, 1_000)).type.code == "ENTITLEMENT_REVOKED"
    assert refused(lambda: world.start(take_over=True)).type.code == "ENTITLEMENT_REVOKED"


def test_an_administrators_request_ends_a_second_watch_under_way_and_names_the_first(world: World) -> None:
    first = watch_to_the_end(world, world.start())
    second = play(world, world.start(take_over=True, new_attempt=True), 5_000)
    assert world.revoke(LEARNER, LONG, even_if_completed=True) == "revoked"
    assert decisions(world)[0]["completed_watch_ids"] == [first.live.watch_id]
    assert refused(lambda: play(world, second, 5_000)).type.code == "ENTITLEMENT_REVOKED"


def test_a_watch_completed_on_another_entitlement_protects_only_that_one(world: World) -> None:
    watch_to_the_end(world, world.start())
    world.entitle(LEARNER, LONG, basis="purchase")
    again = world.start(take_over=True)
    assert attempt(world).value.entitlement.basis == "claim"
    assert world.revoke(LEARNER, LONG, basis="purchase") == "revoked"
    assert refused(lambda: play(world, again, 1_000)).type.code == "ENTITLEMENT_REVOKED"
    assert world.revoke(LEARNER, LONG, basis="claim") == "already_completed"


def test_a_revocation_before_its_grant_arrives_is_not_undone_by_it(world: World) -> None:
    assert world.revoke(LODGER, LONG) == "revoked"
    world.entitle(LODGER, LONG)
    assert refused(lambda: world.start(learner_id=LODGER)).type.code == "ENTITLEMENT_REVOKED"


def test_a_purchase_after_the_refund_starts_where_it_was_left(world: World) -> None:
    play(world, world.start(), 5_000)
    world.revoke(LEARNER, LONG)
    world.entitle(LEARNER, LONG, basis="purchase")
    assert world.start().live.furthest_ms == 5_000


def test_an_old_start_sent_again_after_the_revocation_finds_no_session(world: World) -> None:
    start_session(world.context, by(LEARNER, "same-key-same-key"), LONG, take_over=False)
    world.revoke(LEARNER, LONG)
    again = lambda: start_session(world.context, by(LEARNER, "same-key-same-key"), LONG, take_over=False)  # noqa: E731
    assert refused(again).type.code == "ENTITLEMENT_REVOKED"


def test_delivered_twice_it_is_decided_once(world: World) -> None:
    play(world, world.start(), 5_000)
    event = world.asked_to_revoke(LEARNER, LONG)
    decide_revocation(world.context, event)
    before = dict(world.store.items)
    decide_revocation(world.context, event)
    assert world.store.items == before
    assert len(decisions(world)) == 1


def test_a_second_request_for_the_same_entitlement_is_answered_the_same(world: World) -> None:
    play(world, world.start(), 5_000)
    assert [world.revoke(LEARNER, LONG) for _ in range(2)] == ["revoked", "revoked"]
    assert sum(leg.facts.kind is LegKind.REVOKED for leg in world.legs(attempt(world).value.watch_id)) == 1


def test_another_learner_with_the_same_course_notices_nothing(world: World) -> None:
    state = world.start(learner_id=OTHER)
    world.revoke(LEARNER, LONG)
    world.clock.advance(1_000)
    assert beat(world.context, by(OTHER), state.token, 1_000).live.furthest_ms == 1_000


def about_to_complete(world: World) -> tuple[WatchState, Callable[[], WatchState]]:
    """A watch one call from its completion, and that call."""
    state = world.start()
    while True:
        world.clock.advance(1_000)
        token, prompt = state.token, state.prompt
        position_ms = state.live.furthest_ms + 1_000

        def call(token: str = token, prompt: Any = prompt, position_ms: int = position_ms) -> WatchState:
            if prompt:
                return confirm_prompt(world.context, by(LEARNER), token, prompt.nonce)
            return beat(world.context, by(LEARNER), token, position_ms)

        items, outbox = dict(world.store.items), list(world.store.outbox)
        after = call()
        if after.live.completed_at is not None:
            world.store.items, world.store.outbox = items, outbox
            return state, call
        state = after


def in_between(world: World, reads: int, other: Callable[[], object]) -> None:
    """Lets `other` run whole after so many reads of what runs now; commits come after all of its reads."""
    left = [reads]

    def counted(read: Callable[..., Any]) -> Callable[..., Any]:
        def reading(*arguments: Any) -> Any:
            left[0] -= 1
            if left[0] == -1:
                other()
            return read(*arguments)

        return reading

    def committing(change: Change) -> None:
        if left[0] >= 0:
            left[0] = -1
            other()
        commit(change)

    commit = world.store.commit
    world.store.get = counted(world.store.get)  # type: ignore[method-assign]
    world.store.query = counted(world.store.query)  # type: ignore[method-assign]
    world.store.commit = committing  # type: ignore[method-assign]


def one_won(world: World) -> None:
    """Either the watch is complete and the entitlement holds, or neither."""
    completed = attempt(world).value.completed_at is not None
    grant = world.store.get(grant_key(LEARNER, LONG, EntitlementId(f"claim-{LEARNER}-{LONG}")), Entitlement)
    assert grant
    assert (grant.value.revoked_at is None) == completed
    told = [event.type for event in world.store.outbox if event.type == "playback.watch_completed.v1"]
    assert len(told) == int(completed)
    assert [decision["outcome"] for decision in decisions(world)] == ["already_completed" if completed else "revoked"]


@pytest.mark.parametrize("reads", range(6))
@pytest.mark.parametrize("crash", [None, "before", "after"])
@pytest.mark.parametrize("seen_by_release", [0, decide.SEEN_BY_RELEASE_1_0_0])
def test_a_completion_inside_a_revocation(
    world: World, reads: int, crash: str | None, seen_by_release: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right alone decides, with the live item as an earlier release needs it or without."""
    monkeypatch.setattr(decide, "SEEN_BY_RELEASE_1_0_0", seen_by_release)
    _, complete = about_to_complete(world)
    event = world.asked_to_revoke(LEARNER, LONG)
    in_between(world, reads, complete)
    world.store.crash = crash
    try:
        decide_revocation(world.context, event)
    except Crash:
        decide_revocation(world.context, event)
    one_won(world)


@pytest.mark.parametrize("reads", range(3))
@pytest.mark.parametrize("crash", [None, "before", "after"])
def test_a_revocation_inside_a_completion(world: World, reads: int, crash: str | None) -> None:
    _, complete = about_to_complete(world)
    event = world.asked_to_revoke(LEARNER, LONG)

    def revoke() -> None:
        world.store.crash = crash
        try:
            decide_revocation(world.context, event)
        except Crash:
            decide_revocation(world.context, event)

    in_between(world, reads, revoke)
    assert refused(complete).type.code == "ENTITLEMENT_REVOKED"
    one_won(world)


@pytest.mark.parametrize("reads", range(6))
@pytest.mark.parametrize("before", [None, SHORT])
def test_a_start_inside_a_revocation_is_stopped_too(world: World, reads: int, before: CourseId | None) -> None:
    if before:
        world.start(before)
    event = world.asked_to_revoke(LEARNER, LONG)
    started: list[WatchState] = []
    in_between(world, reads, lambda: started.append(world.start(take_over=True)))
    decide_revocation(world.context, event)
    (state,) = started
    assert refused(lambda: play(world, state, 1_000)).type.code == "ENTITLEMENT_REVOKED"


@pytest.mark.parametrize("reads", range(5))
def test_a_revocation_inside_a_start_stops_it(world: World, reads: int) -> None:
    event = world.asked_to_revoke(LEARNER, LONG)
    in_between(world, reads, lambda: decide_revocation(world.context, event))
    assert refused(world.start).type.code == "ENTITLEMENT_REVOKED"
    assert world.store.get(live_key(LEARNER), Live) is None


def test_a_session_stored_before_sessions_named_what_they_rest_on_still_reads(world: World) -> None:
    state = world.start()
    key = live_key(LEARNER)
    version, text = world.store.items[key]
    without = text.replace(f',"entitlement_id":"{state.live.entitlement_id}","revoked_at":null', "")
    assert without != text
    world.store.items[key] = (version, without)
    assert world.live() == replace(state.live, entitlement_id=UNKNOWN_ENTITLEMENT)
