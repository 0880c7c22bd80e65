"""Taking a period of membership back for a refund: a watch completed on it keeps it, and the two never both win."""

import pytest

from services.playback.app.items import membership_key
from services.playback.app.revocation.decide_revocation import decide_revocation
from services.playback.app.watching.watch_state import WatchState
from services.playback.domain.membership import MembershipPeriod
from services.playback.domain.watch import LegKind
from tests.unit.playback.player import play, watch_to_the_end
from tests.unit.playback.test_revocation import about_to_complete, attempt, decisions, in_between, refused
from tests.unit.playback.world import DURATIONS, LEARNER, LONG, OTHER, PERIOD, SHORT, Crash, World


@pytest.fixture
def world() -> World:
    """The library, and a member who has nothing else."""
    world = World()
    for course_id in DURATIONS:
        world.publish(course_id)
    world.membership()
    return world


def revoke(world: World, *, even_if_completed: bool = False) -> str:
    """Asks for the period, and answers the outcome."""
    decide_revocation(world.context, world.asked_to_revoke_period(even_if_completed=even_if_completed))
    return str(decisions(world)[-1]["outcome"])


def period(world: World) -> MembershipPeriod:
    """The period as it is known."""
    stored = world.store.get(membership_key(LEARNER, PERIOD), MembershipPeriod)
    assert stored
    return stored.value


def test_a_period_taken_back_ends_the_session_with_a_leg_and_opens_nothing_any_more(world: World) -> None:
    state = play(world, world.start(), 5_000)
    assert revoke(world) == "revoked"
    assert decisions(world)[0]["completed_watch_ids"] == []
    for call in (lambda: play(world, state, 1_000), world.start):
        problem = refused(call)
        assert problem.type.code == "ENTITLEMENT_REVOKED"
        assert problem.members["saved"] == {"course_id": LONG, "furthest_ms": 5_000, "completed": False}
    saved, legs = attempt(world).value, world.legs(state.live.watch_id)
    assert legs[-1].facts.kind is LegKind.REVOKED
    assert world.verify(saved.watch_id, legs, (saved.legs, saved.head_mac)) == []
    assert refused(lambda: world.start(SHORT)).type.code == "NOT_ENTITLED"


def test_one_watch_completed_on_it_keeps_the_period_whatever_is_under_way(world: World) -> None:
    done = watch_to_the_end(world, world.start(SHORT))
    state = play(world, world.start(take_over=True), 5_000)
    assert revoke(world) == "already_completed"
    assert decisions(world)[0]["watch_id"] == done.live.watch_id
    assert play(world, state, 1_000).live.furthest_ms == 6_000


def test_every_watch_completed_on_it_is_named_for_an_administrator(world: World) -> None:
    done = [watch_to_the_end(world, world.start(course, take_over=True)).live.watch_id for course in (SHORT, LONG)]
    assert revoke(world, even_if_completed=True) == "revoked"
    assert sorted(decisions(world)[0]["completed_watch_ids"]) == sorted(done)
    assert refused(lambda: world.start(take_over=True)).type.code == "ENTITLEMENT_ENDED"
    assert attempt(world).value.entitlement.revoked_at is None, "a record stays as it is"


def test_a_watch_completed_on_a_purchase_does_not_keep_the_period(world: World) -> None:
    world.entitle(LEARNER, SHORT, basis="purchase")
    watch_to_the_end(world, world.start(SHORT))
    assert revoke(world) == "revoked"
    assert world.start(SHORT, take_over=True).live.completed_at is not None


def test_a_watch_left_on_it_cannot_go_on(world: World) -> None:
    play(world, world.start(SHORT), 3_000)
    world.entitle(LEARNER, LONG, basis="purchase")
    state = world.start(take_over=True)
    assert revoke(world) == "revoked"
    assert play(world, state, 1_000).live.furthest_ms > 0, "a session on a purchase goes on"
    refusal = refused(lambda: world.start(SHORT, take_over=True))
    assert (refusal.type.code, refusal.members["saved"]["furthest_ms"]) == ("ENTITLEMENT_ENDED", 3_000)


@pytest.mark.parametrize("sequence", [1, 2, 3])
def test_no_news_opens_a_period_that_was_taken_back(world: World, sequence: int) -> None:
    revoke(world)
    world.membership(sequence=sequence)
    assert refused(lambda: world.start(SHORT)).type.code == "NOT_ENTITLED"


def test_a_revocation_before_the_period_is_known_is_not_undone_by_its_news() -> None:
    world = World()
    world.publish(SHORT)
    assert revoke(world) == "revoked"
    world.membership()
    assert refused(lambda: world.start(SHORT)).type.code == "NOT_ENTITLED"


def test_another_learners_period_of_the_same_id_is_another(world: World) -> None:
    world.membership(OTHER)
    state = world.start(SHORT, OTHER)
    revoke(world)
    assert play(world, state, 1_000, learner_id=OTHER).live.furthest_ms > 0


def test_delivered_and_asked_twice_it_ends_the_session_once(world: World) -> None:
    state = play(world, world.start(), 5_000)
    event = world.asked_to_revoke_period()
    decide_revocation(world.context, event)
    before = dict(world.store.items)
    decide_revocation(world.context, event)
    assert world.store.items == before
    assert revoke(world) == "revoked"
    assert [leg.facts.kind for leg in world.legs(state.live.watch_id)].count(LegKind.REVOKED) == 1


def one_won(world: World) -> None:
    """Either the watch is complete and the period holds, or neither."""
    completed = attempt(world).value.completed_at is not None
    assert period(world).revoked != completed
    told = [event.type for event in world.store.outbox if event.type == "playback.watch_completed.v1"]
    assert len(told) == int(completed)
    assert [decision["outcome"] for decision in decisions(world)] == ["already_completed" if completed else "revoked"]


@pytest.mark.parametrize("reads", range(6))
@pytest.mark.parametrize("crash", [None, "before", "after"])
def test_a_completion_inside_a_period_revocation(world: World, reads: int, crash: str | None) -> None:
    _, complete = about_to_complete(world)
    event = world.asked_to_revoke_period()
    in_between(world, reads, complete)
    world.store.crash = crash
    try:
        decide_revocation(world.context, event)
    except Crash:
        decide_revocation(world.context, event)
    assert crash == "before" or attempt(world).value.completed_at is not None
    one_won(world)


@pytest.mark.parametrize("reads", range(3))
@pytest.mark.parametrize("crash", [None, "before", "after"])
def test_a_period_revocation_inside_a_completion(world: World, reads: int, crash: str | None) -> None:
    _, complete = about_to_complete(world)
    event = world.asked_to_revoke_period()

    def revoking() -> None:
        world.store.crash = crash
        try:
            decide_revocation(world.context, event)
        except Crash:
            decide_revocation(world.context, event)

    in_between(world, reads, revoking)
    assert refused(complete).type.code == "ENTITLEMENT_REVOKED"
    one_won(world)


@pytest.mark.parametrize("reads", range(6))
def test_a_start_inside_a_period_revocation_is_stopped_too(world: World, reads: int) -> None:
    event = world.asked_to_revoke_period()
    started: list[WatchState] = []
    in_between(world, reads, lambda: started.append(world.start(take_over=True)))
    decide_revocation(world.context, event)
    (state,) = started
    assert refused(lambda: play(world, state, 1_000)).type.code == "ENTITLEMENT_REVOKED"


@pytest.mark.parametrize("reads", range(6))
def test_a_period_revocation_inside_a_start_stops_it(world: World, reads: int) -> None:
    event = world.asked_to_revoke_period()
    in_between(world, reads, lambda: decide_revocation(world.context, event))
    assert refused(world.start).type.code == "NOT_ENTITLED"
