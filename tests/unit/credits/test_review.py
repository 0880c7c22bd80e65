"""A reviewer's hold, release and reversal of an award."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from services.credits.app.accounts.read_account import read_account
from services.credits.app.awarding.review_award import AwardReview, review_award
from services.credits.domain.awarding import NO_HOURS
from services.credits.domain.review import Standing
from services.kit.audit import AuditRecord
from services.kit.call import Call
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from tests.unit.credits.world import ADMINISTRATOR, AFP, LEARNER, OTHER, Crash, World, completed

STANDS, UNDER_REVIEW, VOID = Standing


@pytest.fixture
def world() -> World:
    """A learner with one award of 1.5 hours."""
    world = World()
    world.certify(AFP)
    world.publish(eligible=["AFP"])
    world.deliver(completed())
    return world


def earned(world: World) -> Decimal:
    (balance,) = read_account(world.ctx, LEARNER).certificates
    return balance.current.earned


def held(world: World) -> Decimal:
    return sum((hold.hours for hold in read_account(world.ctx, LEARNER).held), Decimal(0))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.type.code


def test_an_award_under_review_is_held_with_the_reviewers_words_and_stands_again_once_cleared(world: World) -> None:
    world.review(1, UNDER_REVIEW, reason="同一秒确认")
    assert (earned(world), held(world)) == (NO_HOURS, Decimal("1.5"))
    assert (world.entries()[-1].note, world.entries()[-1].settles) == ("同一秒确认", 1)
    world.review(1, STANDS)
    assert (earned(world), held(world)) == (Decimal("1.5"), NO_HOURS)
    assert world.outline() == [
        "award AFP 1.5 COMPLETED",
        "hold AFP 1.5 UNDER_REVIEW",
        "release AFP 1.5 REVIEW_CLEARED",
    ]
    assert world.verdict().faults == []


@pytest.mark.parametrize("first", [STANDS, UNDER_REVIEW])
def test_a_void_award_counts_nowhere_and_stays_void(world: World, first: Standing) -> None:
    world.review(1, first)
    world.review(1, VOID)
    assert (earned(world), held(world)) == (NO_HOURS, NO_HOURS)
    before = world.state()
    assert code_of(lambda: world.review(1, STANDS)) == "AWARD_VOID"
    assert code_of(lambda: world.review(1, UNDER_REVIEW)) == "AWARD_VOID"
    assert world.review(1, VOID) is VOID
    assert world.state() == before
    assert world.verdict().faults == []


def test_a_void_award_frees_the_lecture_for_a_new_watch(world: World) -> None:
    world.review(1, VOID)
    world.deliver(completed("watch-2"))
    assert world.outline()[-1] == "award AFP 1.5 COMPLETED"
    assert world.verdict().faults == []


def test_an_award_under_review_does_not_free_it(world: World) -> None:
    world.review(1, UNDER_REVIEW)
    world.deliver(completed("watch-2"))
    assert world.outline()[-1] == "declined AFP 0 ALREADY_AWARDED_IN_PERIOD"


@pytest.mark.parametrize("standing", list(Standing))
def test_the_same_decision_again_changes_nothing(world: World, standing: Standing) -> None:
    world.review(1, standing)
    before = world.state()
    assert world.review(1, standing, reason="other words") is standing
    assert world.state() == before


def test_only_awards_are_reviewed_and_nobodys_own(world: World) -> None:
    world.review(1, UNDER_REVIEW)
    before = world.state()
    assert code_of(lambda: world.review(2, VOID)) == "AWARD_NOT_FOUND"
    assert code_of(lambda: world.review(9, VOID)) == "AWARD_NOT_FOUND"
    assert code_of(lambda: world.review(1, VOID, learner=OTHER)) == "AWARD_NOT_FOUND"
    own = Call(Principal(LEARNER, frozenset({Role.REVIEWER})), "request-9")
    assert code_of(lambda: review_award(world.ctx, own, AwardReview(LEARNER, 1, VOID, "mine"))) == "OWN_AWARD"
    assert world.state() == before


def test_a_confirmation_releases_no_hold_of_a_reviewer(world: World) -> None:
    world.review(1, UNDER_REVIEW)
    world.certify(AFP, learner=OTHER)
    world.confirm(AFP)
    for event in world.sent("credits.certificate_confirmed.v1"):
        world.deliver(event)
    assert held(world) == Decimal("1.5")


def test_every_move_is_told_with_the_award_it_is_about(world: World) -> None:
    award = world.entries()[0].entry_id
    for standing in (UNDER_REVIEW, STANDS, UNDER_REVIEW, VOID):
        world.review(1, standing, reason="why")
    for type_, times in {"held": 2, "released": 2, "reversed": 1}.items():
        told = world.sent(f"credits.hours_{type_}.v1")
        assert [(event.data["award_entry_id"], event.data["note"]) for event in told] == [(award, "why")] * times
    assert len(world.sent("credits.hours_awarded.v1")) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("standing", [UNDER_REVIEW, VOID])
def test_a_crash_around_the_commit_leaves_all_or_nothing_and_a_repeat_finishes(
    world: World, moment: str, standing: Standing
) -> None:
    before = world.state()
    world.store.crash = moment
    with pytest.raises(Crash):
        world.review(1, standing)
    assert (world.state() == before) is (moment == "before")
    assert world.review(1, standing) is standing
    assert len(world.entries()) == 2


def test_the_audit_log_names_the_reviewer(world: World) -> None:
    world.review(1, VOID, reason="代看")
    (record,) = world.store.query(f"AUDIT#{world.clock.now():%Y-%m}", "", AuditRecord)[-1:]
    assert record.value.reason == "代看"
    assert record.value.actor != ADMINISTRATOR.id
