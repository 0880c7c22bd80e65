"""Watching the members' library on a membership: what opens it, what it rests on, and what ends it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.kit.problems import Problem
from services.kit.store import Change, Stored
from services.playback.app.items import attempt_key, membership_key
from services.playback.app.memberships.record_membership import record_membership
from services.playback.app.watching.watch import beat
from services.playback.domain.ids import CourseId
from services.playback.domain.membership import MembershipPeriod
from services.playback.domain.watch import Attempt, LegKind
from tests.unit.playback.player import confirm, play, watch_to_the_end
from tests.unit.playback.world import DURATIONS, LEARNER, LONG, NOON_IN_SHANGHAI, OTHER, PERIOD, SHORT, Crash, World, by

TEN_SECONDS = NOON_IN_SHANGHAI + timedelta(seconds=10)

VAULT = CourseId("vault")


@pytest.fixture
def world() -> World:
    """The library, and nobody who has any course."""
    world = World()
    for course_id in DURATIONS:
        world.publish(course_id)
    return world


def refused(call: Callable[[], object]) -> Problem:
    """The refusal that the call must meet."""
    with pytest.raises(Problem) as caught:
        call()
    return caught.value


def unchanged(world: World, call: Callable[[], object]) -> str:
    """The code of a refusal that leaves everything as it was."""
    before = dict(world.store.items)
    code = refused(call).type.code
    assert world.store.items == before
    return code


def attempt(world: World, course_id: CourseId = SHORT) -> Stored[Attempt]:
    """The learner's first watch of a course, as stored."""
    stored = world.store.get(attempt_key(LEARNER, course_id, 1), Attempt)
    assert stored
    return stored


def completion(world: World) -> dict[str, object]:
    """What was told of the one completed watch."""
    (told,) = [event.data for event in world.store.outbox if event.type == "playback.watch_completed.v1"]
    return dict(told)


def basis_of(told: dict[str, object]) -> tuple[object, ...]:
    """What a completion says it rests on."""
    names = ("basis", "entitlement_id", "counts_against_member_quota", "membership_period_id")
    return tuple(told[name] for name in names)


def test_a_member_watches_the_library_and_the_completion_names_the_period_that_is_charged(world: World) -> None:
    world.membership()
    watch_to_the_end(world, world.start(SHORT))
    assert basis_of(completion(world)) == ("membership", "period-1", True, "period-1")


def test_the_token_knows_when_the_membership_ends(world: World) -> None:
    world.membership(valid_until=TEN_SECONDS)
    state = world.start(SHORT)
    world.clock.advance(9_999)
    state = beat(world.context, by(LEARNER), state.token, 3_000)
    world.clock.advance(1)
    for call in (lambda: beat(world.context, by(LEARNER), state.token, 3_500), lambda: world.start(SHORT)):
        problem = refused(call)
        assert problem.type.code == "ENTITLEMENT_ENDED"
        assert problem.members["saved"] == {"course_id": SHORT, "furthest_ms": 3_000, "completed": False}


@pytest.mark.parametrize("basis", ["claim", "purchase"])
def test_what_the_quota_is_not_charged_for_comes_first(world: World, basis: str) -> None:
    world.membership()
    world.entitle(LEARNER, SHORT, basis=basis)
    watch_to_the_end(world, world.start(SHORT))
    assert basis_of(completion(world)) == (basis, f"{basis}-{LEARNER}-{SHORT}", False, None)


def test_who_buys_a_course_under_way_goes_on_without_charging_the_quota(world: World) -> None:
    world.membership()
    play(world, world.start(SHORT), 3_000)
    world.entitle(LEARNER, SHORT, basis="purchase")
    resumed = world.start(SHORT, take_over=True)
    assert resumed.live.furthest_ms == 3_000
    watch_to_the_end(world, resumed)
    assert basis_of(completion(world))[0] == "purchase"


def test_a_lost_purchase_falls_back_on_the_membership(world: World) -> None:
    world.membership()
    world.entitle(LEARNER, SHORT, basis="purchase")
    play(world, world.start(SHORT), 3_000)
    world.revoke(LEARNER, SHORT, basis="purchase")
    watch_to_the_end(world, world.start(SHORT))
    assert basis_of(completion(world))[3] == "period-1"


def test_the_period_that_runs_is_charged_also_of_a_watch_begun_in_the_one_before(world: World) -> None:
    world.membership(valid_until=TEN_SECONDS)
    world.membership(period="period-2", valid_from=TEN_SECONDS)
    state = play(world, world.start(SHORT), 3_000)
    assert state.live.entitlement_id == "period-1"
    world.clock.advance(7_000)
    assert refused(lambda: play(world, state, 0)).type.code == "ENTITLEMENT_ENDED"
    watch_to_the_end(world, world.start(SHORT, take_over=True))
    assert basis_of(completion(world))[3] == "period-2"


def test_a_membership_taken_back_ends_the_session_and_says_what_is_saved(world: World) -> None:
    world.membership()
    state = play(world, world.start(SHORT), 3_000)
    world.membership(sequence=2, revoked=True)
    before = dict(world.store.items)
    for call in (lambda: play(world, state, 1_000), lambda: world.start(SHORT)):
        problem = refused(call)
        assert problem.type.code == "ENTITLEMENT_REVOKED"
        assert problem.members["saved"] == {"course_id": SHORT, "furthest_ms": 3_000, "completed": False}
    assert world.store.items == before
    legs = world.legs(state.live.watch_id)
    assert legs[-1].facts.kind is LegKind.REVOKED
    assert world.verify(state.live.watch_id, legs, (attempt(world).value.legs, attempt(world).value.head_mac)) == []


@pytest.mark.parametrize(
    "news", [{"opens_library": False}, {"valid_until": TEN_SECONDS}], ids=["closed to the library", "shortened"]
)
def test_a_membership_that_allows_less_ends_the_session_too(world: World, news: dict[str, object]) -> None:
    world.membership()
    state = play(world, world.start(SHORT), 3_000)
    world.membership(sequence=2, **news)  # type: ignore[arg-type]
    assert refused(lambda: play(world, state, 1_000)).type.code == "ENTITLEMENT_REVOKED"


def test_a_membership_that_allows_more_disturbs_nobody(world: World) -> None:
    world.membership(valid_until=TEN_SECONDS)
    state = play(world, world.start(SHORT), 3_000)
    world.membership(sequence=2)
    play(world, state, 1_000)
    world.clock.advance(60_000)
    assert world.start(SHORT).live.furthest_ms == 4_000


def test_a_membership_taken_back_leaves_a_session_on_a_purchase_alone(world: World) -> None:
    world.membership()
    world.entitle(LEARNER, SHORT, basis="purchase")
    state = world.start(SHORT)
    world.membership(sequence=2, revoked=True)
    watch_to_the_end(world, state)


def test_what_was_completed_on_a_membership_stays_completed(world: World) -> None:
    world.membership()
    done = watch_to_the_end(world, world.start(SHORT))
    before = attempt(world).value
    world.membership(sequence=2, revoked=True)
    after = attempt(world).value
    assert (after.completed_at, after.entitlement, after.legs) == (before.completed_at, before.entitlement, before.legs)
    assert refused(lambda: play(world, done, 1_000)).type.code == "ENTITLEMENT_REVOKED"


def test_older_news_of_a_membership_changes_nothing(world: World) -> None:
    world.membership(sequence=2, revoked=True)
    world.membership(sequence=1)
    assert refused(lambda: world.start(SHORT)).type.code == "NOT_ENTITLED"


def test_news_delivered_twice_has_its_effect_once(world: World) -> None:
    event = world.membership()
    play(world, world.start(SHORT), 3_000)
    before = dict(world.store.items)
    record_membership(world.context, event)
    assert world.store.items == before


@pytest.mark.parametrize("crash", ["before", "after"])
def test_a_crash_while_it_is_taken_back_ends_the_session_once(world: World, crash: str) -> None:
    world.membership()
    state = play(world, world.start(SHORT), 3_000)
    event = world.membership_news(LEARNER, "period-1", 2, NOON_IN_SHANGHAI, TEN_SECONDS, revoked=True)
    world.store.crash = crash
    with pytest.raises(Crash):
        record_membership(world.context, event)
    record_membership(world.context, event)
    kinds = [leg.facts.kind for leg in world.legs(state.live.watch_id)]
    assert kinds.count(LegKind.REVOKED) == 1


def test_of_a_start_and_a_revocation_at_once_the_start_finds_the_membership_gone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.membership()
    commit = world.store.commit

    def first_the_revocation(change: Change) -> None:
        monkeypatch.setattr(world.store, "commit", commit)
        world.membership(sequence=2, revoked=True)
        commit(change)

    monkeypatch.setattr(world.store, "commit", first_the_revocation)
    assert refused(lambda: world.start(SHORT)).type.code == "NOT_ENTITLED"


def test_of_a_completion_and_a_revocation_at_once_the_second_sees_the_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.membership()
    state = world.start(SHORT)
    while state.live.confirmed < 2:
        state = confirm(world, state) if state.prompt else play(world, state, 5_000)
    world.clock.advance(DURATIONS[SHORT])
    commit = world.store.commit

    def first_the_completion(change: Change) -> None:
        monkeypatch.setattr(world.store, "commit", commit)
        beat(world.context, by(LEARNER), state.token, DURATIONS[SHORT])
        commit(change)

    monkeypatch.setattr(world.store, "commit", first_the_completion)
    world.membership(sequence=2, revoked=True)
    assert attempt(world).value.completed_at is not None
    assert basis_of(completion(world))[3] == "period-1"
    assert attempt(world).value.entitlement.revoked_at is None


# What somebody would try.


def test_attack_expired_membership(world: World) -> None:
    world.membership(valid_until=TEN_SECONDS)
    world.clock.advance(10_000)
    assert unchanged(world, lambda: world.start(SHORT)) == "NOT_ENTITLED"


def test_attack_membership_that_has_not_begun(world: World) -> None:
    world.membership(valid_from=TEN_SECONDS)
    assert unchanged(world, lambda: world.start(SHORT)) == "NOT_ENTITLED"
    world.clock.advance(10_000)
    assert world.start(SHORT).live.entitlement_id == "period-1"


def test_attack_course_that_left_the_library(world: World) -> None:
    world.membership()
    world.clock.advance(1_000)
    play(world, world.start(LONG), 3_000)
    world.publish(LONG, sequence=2, in_library=False)
    world.publish(SHORT, sequence=2, withdrawn=True)
    assert unchanged(world, lambda: world.start(LONG, take_over=True)) == "ENTITLEMENT_ENDED"
    assert unchanged(world, lambda: world.start(SHORT, take_over=True)) == "NOT_ENTITLED"


def test_attack_other_learners_membership(world: World) -> None:
    world.membership(OTHER)
    world.start(SHORT, OTHER)
    assert unchanged(world, lambda: world.start(SHORT)) == "NOT_ENTITLED"
    assert world.store.get(membership_key(LEARNER, PERIOD), MembershipPeriod) is None


def test_attack_plan_that_does_not_open_the_library(world: World) -> None:
    world.membership(opens_library=False)
    assert unchanged(world, lambda: world.start(SHORT)) == "NOT_ENTITLED"


def test_attack_course_outside_the_library(world: World) -> None:
    world.publish(VAULT, duration_ms=20_000, in_library=False)
    world.membership()
    assert unchanged(world, lambda: world.start(VAULT)) == "NOT_ENTITLED"


def test_attack_watching_on_after_the_membership_by_restarting_the_session(world: World) -> None:
    world.membership(valid_until=TEN_SECONDS)
    state = world.start(SHORT)
    for _ in range(5):
        world.clock.advance(1_900)
        state = world.start(SHORT, take_over=True)
    assert state.live.entitled_until == 10_000 + int(NOON_IN_SHANGHAI.timestamp() * 1000)
    world.clock.advance(500)
    assert unchanged(world, lambda: world.start(SHORT, take_over=True)) == "ENTITLEMENT_ENDED"
