"""Claiming: once, for members, while recommended; all in one transaction."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from services.kit.problems import Problem
from services.kit.store import Conflict
from services.orders.app.courses.read_state import read_state
from services.orders.app.entitlements.items import claim_key
from services.orders.app.entitlements.list_entitlements import list_entitlements
from services.orders.domain.entitlement import Basis, Claim, Entitlement
from services.orders.domain.ids import CourseId, EntitlementId, LearnerId
from services.orders.domain.purchase_state import Obstacle, State
from services.orders.events.published import EntitlementGranted
from tests.fakes.clock import ManualClock
from tests.unit.orders.world import (
    KEY,
    MEMBER,
    NOON_IN_SHANGHAI,
    ORDINARY,
    OTHER_KEY,
    RECOMMENDED,
    VISITOR,
    Crash,
    World,
    die,
)


def code_of(world: World, course_id: CourseId = RECOMMENDED, learner_id: LearnerId = MEMBER, key: str = KEY) -> str:
    """The code of a refused claim, which changes nothing."""
    before = world.store.snapshot()
    with pytest.raises(Problem) as problem:
        world.claim(course_id, learner_id, key)
    assert world.store.snapshot() == before
    return problem.value.type.code


def at(world: World, seconds: float) -> None:
    """Sets the clock to seconds from the membership's end."""
    end = NOON_IN_SHANGHAI.replace(year=2027)
    world.clock.advance(round((end - world.clock.now()) / timedelta(milliseconds=1) + seconds * 1000))


def test_a_member_claims_a_recommended_course(member_world: World) -> None:
    entitlement = member_world.claim()
    assert entitlement == Entitlement(
        entitlement.entitlement_id, MEMBER, RECOMMENDED, Basis.CLAIM, False, NOON_IN_SHANGHAI, None
    )
    assert list_entitlements(member_world.ctx, MEMBER).items == [entitlement]
    assert list_entitlements(member_world.ctx, VISITOR).items == []


def test_the_claim_goes_out_as_an_event(member_world: World) -> None:
    entitlement = member_world.claim()
    (event,) = member_world.claims_told()
    assert (event.type, event.source) == ("orders.entitlement_granted.v1", "xueshi.orders")
    assert (event.subject, event.sequence, event.correlation_id) == (entitlement.entitlement_id, 1, "request-1")
    data = EntitlementGranted.model_validate(event.data)
    assert data == EntitlementGranted.model_validate(entitlement, from_attributes=True)
    assert event.data["valid_until"] is None


def test_the_recommendation_is_recorded_on_the_claim(member_world: World) -> None:
    member_world.publish(RECOMMENDED, 7, recommended=True)
    entitlement = member_world.claim()
    stored = member_world.store.get(claim_key(MEMBER, RECOMMENDED), Claim)
    assert stored
    assert stored.value == Claim(MEMBER, RECOMMENDED, 7, NOON_IN_SHANGHAI, entitlement.entitlement_id)
    member_world.publish(RECOMMENDED, 8, recommended=False)
    assert read_state(member_world.ctx, MEMBER, RECOMMENDED).state is State.OWNED


def test_refusals(member_world: World) -> None:
    assert code_of(member_world, learner_id=VISITOR) == "MEMBERSHIP_REQUIRED"
    assert code_of(member_world, ORDINARY) == "COURSE_NOT_RECOMMENDED"
    assert code_of(member_world, CourseId("unheard-of")) == "COURSE_NOT_FOUND"
    member_world.claim()
    assert code_of(member_world, key=OTHER_KEY) == "ALREADY_CLAIMED"


def test_the_last_second_of_a_membership(member_world: World) -> None:
    at(member_world, -0.001)
    assert read_state(member_world.ctx, MEMBER, RECOMMENDED).state is State.CLAIMABLE
    at(member_world, 0)
    assert code_of(member_world) == "MEMBERSHIP_REQUIRED"
    at(member_world, -0.001)
    member_world.claim()


def test_what_was_claimed_stays_after_the_membership(member_world: World) -> None:
    member_world.claim()
    at(member_world, 1)
    assert read_state(member_world.ctx, MEMBER, RECOMMENDED).state is State.OWNED
    assert code_of(member_world, key=OTHER_KEY) == "ALREADY_CLAIMED"


def test_a_refused_key_may_be_sent_again(world: World) -> None:
    assert code_of(world) == "MEMBERSHIP_REQUIRED"
    world.grant()
    world.claim()


def test_a_retry_gets_the_same_answer(member_world: World) -> None:
    first = member_world.claim()
    before = member_world.store.snapshot()
    member_world.clock.advance(60_000)
    assert member_world.claim() == first
    assert member_world.store.snapshot() == before


def test_a_key_used_for_another_course_or_action_is_refused(member_world: World) -> None:
    member_world.publish(CourseId("bonds"), 1, recommended=True)
    member_world.claim()
    assert code_of(member_world, CourseId("bonds")) == "IDEMPOTENCY_KEY_REUSED"


def test_another_learner_may_use_the_same_key(member_world: World) -> None:
    member_world.grant(VISITOR, OTHER_KEY)
    assert member_world.claim().entitlement_id != member_world.claim(learner_id=VISITOR).entitlement_id


def test_a_crash_before_the_commit_leaves_nothing(member_world: World) -> None:
    before = member_world.store.snapshot()
    member_world.store.before_commit = die
    with pytest.raises(Crash):
        member_world.claim()
    assert member_world.store.snapshot() == before
    member_world.claim()
    assert len(member_world.claims_told()) == 1


def test_a_crash_after_the_commit_is_made_good_by_the_retry(member_world: World) -> None:
    member_world.store.after_commit = die
    with pytest.raises(Crash):
        member_world.claim()
    entitlement = member_world.claim()
    assert list_entitlements(member_world.ctx, MEMBER).items == [entitlement]
    assert [event.subject for event in member_world.claims_told()] == [entitlement.entitlement_id]


def test_a_recommendation_withdrawn_after_the_claim_was_decided_does_not_undo_it(member_world: World) -> None:
    """A moment's difference: the claim names the publication that recommended the course; the next one is refused."""
    member_world.grant(VISITOR, OTHER_KEY)
    member_world.store.before_commit = lambda: _withdraw(member_world)
    claimed = member_world.claim()
    kept = member_world.store.get(claim_key(MEMBER, RECOMMENDED), Claim)
    assert kept
    assert (kept.value.entitlement_id, kept.value.course_sequence) == (claimed.entitlement_id, 1)
    with pytest.raises(Problem) as problem:
        member_world.claim(learner_id=VISITOR)
    assert problem.value.type.code == "COURSE_NOT_RECOMMENDED"


def test_a_course_that_is_withdrawn_cannot_be_claimed_and_stays_with_who_has_it(member_world: World) -> None:
    member_world.grant(VISITOR, OTHER_KEY)
    owned = member_world.claim(learner_id=VISITOR, key=OTHER_KEY)
    member_world.withdraw(RECOMMENDED, 2)
    with pytest.raises(Problem) as problem:
        member_world.claim()
    assert problem.value.type.code == "COURSE_WITHDRAWN"
    found = read_state(member_world.ctx, MEMBER, RECOMMENDED)
    assert (found.state, found.standing.claim_obstacle) == (State.NOT_OWNED, Obstacle.COURSE_WITHDRAWN)
    assert read_state(member_world.ctx, VISITOR, RECOMMENDED).standing.entitlement == owned


def test_a_membership_that_changes_meanwhile_is_read_again(member_world: World) -> None:
    member_world.store.before_commit = lambda: member_world.grant(key=OTHER_KEY)
    member_world.claim()
    assert len(member_world.claims_told()) == 1


def test_who_always_loses_is_told_so(member_world: World) -> None:
    def somebody_is_faster() -> None:
        member_world.store.before_commit = somebody_is_faster
        raise Conflict

    member_world.store.before_commit = somebody_is_faster
    with pytest.raises(Conflict):
        member_world.claim()


def test_of_many_claims_at_once_one_wins(member_world: World) -> None:
    def attempt(number: int) -> str:
        try:
            return member_world.claim(key=f"key-of-attempt-{number:04}").entitlement_id
        except Problem as problem:
            return problem.type.code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(40)))
    (event,) = member_world.claims_told()
    assert sorted(answers) == sorted([event.subject, *["ALREADY_CLAIMED"] * 39])


def test_many_retries_at_once_get_one_answer(member_world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: member_world.claim(), range(40)))
    assert len(answers) == 1
    assert len(member_world.claims_told()) == 1


@pytest.mark.parametrize(
    ("learner_id", "course_id", "state", "obstacle"),
    [
        (MEMBER, RECOMMENDED, State.CLAIMABLE, None),
        (MEMBER, ORDINARY, State.NOT_OWNED, Obstacle.COURSE_NOT_RECOMMENDED),
        (VISITOR, RECOMMENDED, State.NOT_OWNED, Obstacle.MEMBERSHIP_REQUIRED),
        (VISITOR, ORDINARY, State.NOT_OWNED, Obstacle.COURSE_NOT_RECOMMENDED),
    ],
)
def test_state_of_a_course(
    member_world: World, learner_id: LearnerId, course_id: CourseId, state: State, obstacle: Obstacle | None
) -> None:
    found = read_state(member_world.ctx, learner_id, course_id)
    standing = found.standing
    assert (found.state, standing.claim_obstacle, standing.offer.price_fen) == (state, obstacle, 9900)


def test_an_entitlement_ends_at_its_last_instant() -> None:
    end = NOON_IN_SHANGHAI + timedelta(days=1)
    entitlement = Entitlement(EntitlementId("e"), MEMBER, ORDINARY, Basis.MEMBERSHIP, True, NOON_IN_SHANGHAI, end)
    clock = ManualClock(end)
    assert not entitlement.valid_at(clock.now())
    clock.advance(-1)
    assert entitlement.valid_at(clock.now())
    assert not entitlement.valid_at(NOON_IN_SHANGHAI - timedelta(milliseconds=1))


def _withdraw(world: World) -> None:
    world.publish(RECOMMENDED, 2, recommended=False)
