"""A learner sends starts and beats as fast as they can while a refund is decided: it is, and they gain nothing."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from services.kit.problems import Problem
from services.kit.store import Conflict
from services.playback.app.items import live_key
from services.playback.app.memberships.record_membership import record_membership
from services.playback.app.revocation.decide_revocation import decide_revocation
from services.playback.app.watching import end_session
from services.playback.app.watching.start_session import start_session
from services.playback.app.watching.watch import beat
from services.playback.app.watching.watch_state import WatchState
from services.playback.domain.watch import LegKind, Live
from tests.bench.meter import metered
from tests.unit.playback.player import play
from tests.unit.playback.world import DURATIONS, LEARNER, LONG, NOON_IN_SHANGHAI, SHORT, Crash, World, a_world, by

KEY = "one-key-that-is-sent-again-and-again"


@pytest.fixture
def world() -> World:
    return a_world()


class Flood:
    """A learner who does all they can before each call of the store that somebody else makes."""

    def __init__(self, world: World, state: WatchState) -> None:
        self.world = world
        self.states = [state]
        self.accepted = 0
        self.is_theirs = False
        for name in ("get", "query", "commit"):
            setattr(world.store, name, self.after_mine(getattr(world.store, name)))

    def after_mine(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, once the learner has made theirs."""

        def called(*arguments: Any) -> Any:
            if not self.is_theirs:
                self.is_theirs = True
                self.everything()
                self.is_theirs = False
            return call(*arguments)

        return called

    def everything(self) -> None:
        """A beat with the newest token, the last request once more, a start under an old key and one under a new."""
        context, newest = self.world.context, self.states[-1]
        self.world.clock.advance(1)
        before, self.world.store.crash, crash = self.states[-2:][0], None, self.world.store.crash
        calls: list[Callable[[], WatchState]] = [
            lambda: beat(context, by(LEARNER), newest.token, DURATIONS[LONG]),
            lambda: beat(context, by(LEARNER), before.token, DURATIONS[LONG]),
            lambda: start_session(context, by(LEARNER, KEY), LONG, take_over=True).state,
            lambda: start_session(context, by(LEARNER, self.world.ids.new()), LONG, take_over=True).state,
        ]
        for call in calls:
            with suppress(Problem, Conflict):
                self.states.append(call())
                self.accepted += 1
        self.world.store.crash = crash


def revoked_legs(world: World, state: WatchState) -> int:
    """How often the record says that what it rests on was taken away."""
    return sum(leg.facts.kind is LegKind.REVOKED for leg in world.legs(state.live.watch_id))


def outcomes(world: World) -> list[str]:
    """What orders were answered."""
    return [e.data["outcome"] for e in world.store.outbox if e.type == "playback.entitlement_revocation_decided.v1"]


@pytest.mark.parametrize("crash", [None, "before", "after"])
@pytest.mark.parametrize("on_membership", [False, True])
def test_a_flood_of_starts_and_beats_does_not_delay_a_revocation(
    world: World, crash: str | None, on_membership: bool
) -> None:
    if on_membership:
        world = World()
        world.publish(LONG)
        world.membership()
        event = world.asked_to_revoke_period()
    else:
        event = world.asked_to_revoke(LEARNER, LONG)
    state = play(world, world.start(), 5_000)
    flood = Flood(world, state)
    world.store.crash = None
    for how in (crash, None):
        world.store.crash = how
        with suppress(Crash):
            decide_revocation(world.context, event)
    assert flood.accepted > 3
    assert outcomes(world) == ["revoked"]
    flood.is_theirs = True
    assert world.live().revoked_at is not None
    assert revoked_legs(world, state) == 1
    before = dict(world.store.items)
    flood.everything()
    assert world.store.items == before


def test_nor_does_it_on_dynamodb(monkeypatch: pytest.MonkeyPatch) -> None:
    with metered(monkeypatch) as meter:
        world = World(store=meter.context.store)  # type: ignore[arg-type]
        world.store.crash = None
        world.publish(LONG)
        world.entitle(LEARNER, LONG)
        state = play(world, world.start(), 5_000)
        flood = Flood(world, state)
        decide_revocation(world.context, world.asked_to_revoke(LEARNER, LONG))
        flood.is_theirs = True
        assert flood.accepted > 3
        assert world.live().revoked_at is not None
        assert revoked_legs(world, state) == 1


def test_a_flood_does_not_delay_the_news_that_a_membership_has_ended(world: World) -> None:
    world = World()
    world.publish(LONG)
    world.membership()
    state = play(world, world.start(), 5_000)
    flood = Flood(world, state)
    record_membership(
        world.context,
        world.membership_news(LEARNER, "period-1", 2, NOON_IN_SHANGHAI, NOON_IN_SHANGHAI, revoked=True),
    )
    flood.is_theirs = True
    assert world.live().revoked_at is not None
    assert revoked_legs(world, state) == 1


def test_threads_that_send_starts_and_beats_do_not_delay_it_by_a_second(world: World) -> None:
    state = play(world, world.start(), 5_000)
    stop, sent = threading.Event(), [0]

    def flood() -> None:
        newest = state
        while not stop.is_set():
            with suppress(Problem, Conflict):
                newest = beat(world.context, by(LEARNER), newest.token, DURATIONS[LONG])
                sent[0] += 1
            with suppress(Problem, Conflict):
                newest = start_session(world.context, by(LEARNER, uuid4().hex), LONG, take_over=True).state
                sent[0] += 1

    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    begun = time.monotonic()
    try:
        while sent[0] < 20:
            time.sleep(0.01)
        event = world.asked_to_revoke(LEARNER, LONG)
        begun = time.monotonic()
        decide_revocation(world.context, event)
        took = time.monotonic() - begun
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert outcomes(world) == ["revoked"]
    assert world.live().revoked_at is not None
    # A busy machine is slow; what is shown is that it does not take as long as the learner goes on.
    assert took < 60
    assert [leg.facts.number for leg in world.legs(state.live.watch_id)] == list(
        range(1, len(world.legs(state.live.watch_id)) + 1)
    )


def test_between_the_decision_and_the_end_of_the_session_nobody_completes_or_gets_a_token(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = world.start(SHORT)
    world.store.crash = None
    monkeypatch.setattr(end_session, "TRIES", 0)
    with pytest.raises(Conflict):
        decide_revocation(world.context, world.asked_to_revoke(LEARNER, SHORT))
    monkeypatch.undo()
    assert outcomes(world) == ["revoked"]
    repeat = play(world, state, 5_000)
    assert repeat.live.furthest_ms == 5_000
    with pytest.raises(Problem) as refused:
        beat(world.context, by(LEARNER), state.token, 5_000)
    assert refused.value.type.code == "ENTITLEMENT_REVOKED"
    with pytest.raises(Problem) as refused:
        world.start(SHORT, take_over=True)
    assert refused.value.type.code == "ENTITLEMENT_REVOKED"
    stored = world.store.get(live_key(LEARNER), Live)
    assert stored
    assert stored.value.revoked_at is None
