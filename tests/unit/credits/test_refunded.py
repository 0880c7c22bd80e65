"""Hours of watches that an administrator refunded: nothing that they gave counts, now or later."""

from decimal import Decimal

import pytest

from services.credits.app.accounts.read_account import read_account
from services.credits.app.advice.advise import advise
from services.credits.app.awarding.award_hours import WatchOfAnotherLearner
from services.credits.app.awarding.reverse_watches import WatchUnknown
from services.credits.domain.awarding import NO_HOURS
from services.credits.domain.ids import CourseId
from services.credits.domain.ledger import Reason
from services.credits.domain.review import Standing
from tests.unit.credits.world import ADMINISTRATOR, AFP, CFP, LEARNER, OTHER, Crash, World, completed, refunded

ANSWER = "credits.watches_reversed.v1"


@pytest.fixture
def world() -> World:
    """A learner with an award of AFP, and hours that wait for a CFP certificate."""
    world = World()
    world.certify(AFP)
    world.publish(eligible=["AFP", "CFP"])
    world.deliver(completed())
    return world


def counted(world: World) -> tuple[Decimal, Decimal]:
    """What is earned, and what is held."""
    view = read_account(world.ctx, LEARNER)
    earned = sum((certificate.current.earned for certificate in view.certificates), Decimal(0))
    return earned, sum((hold.hours for hold in [*view.held, *view.for_others]), Decimal(0))


def test_awards_are_reversed_and_holds_end_with_the_administrators_words(world: World) -> None:
    assert counted(world) == (Decimal("1.5"), Decimal("1.5"))
    world.deliver(refunded())
    assert counted(world) == (NO_HOURS, NO_HOURS)
    assert world.outline()[2:] == [
        "reversal AFP 1.5 REFUNDED",
        "release CFP 1.5 REFUNDED",
        "declined CFP 0 REFUNDED",
    ]
    assert {(entry.note, entry.actor) for entry in world.entries()[2:]} == {("买错了", ADMINISTRATOR.id)}
    assert world.verdict().faults == []
    (answer,) = world.sent(ANSWER)
    assert (answer.subject, answer.data["watch_ids"]) == ("refund-01", ["watch-1"])
    assert [event.data["reason"] for event in world.sent("credits.hours_reversed.v1")] == ["REFUNDED"]


def test_a_certificate_that_is_confirmed_later_gets_nothing_of_it(world: World) -> None:
    world.deliver(refunded())
    world.certify(CFP)
    assert counted(world) == (NO_HOURS, NO_HOURS)


def test_the_request_again_adds_nothing_and_is_answered_once(world: World) -> None:
    world.deliver(refunded())
    before = world.state()
    world.deliver(refunded())
    assert world.state() == before


def test_bought_again_and_watched_again_it_counts_again_and_once(world: World) -> None:
    world.deliver(refunded())
    for watch in ("watch-2", "watch-3"):
        world.deliver(completed(watch))
    assert world.outline()[5:] == [
        "award AFP 1.5 COMPLETED",
        "hold CFP 1.5 NO_CERTIFICATE",
        "declined AFP 0 ALREADY_AWARDED_IN_PERIOD",
        "hold CFP 1.5 NO_CERTIFICATE",
    ]
    assert world.verdict().faults == []
    world.deliver(refunded("watch-2", revocation="refund-02"))
    world.deliver(completed("watch-4"))
    assert counted(world)[0] == Decimal("1.5")
    assert world.verdict().faults == []


def test_what_is_told_before_it_is_watched_again_is_what_then_happens(world: World) -> None:
    world.deliver(refunded())
    found = advise(world.ctx, LEARNER, CourseId("course"), "v1", on_membership=False)
    assert (AFP, Reason.COMPLETED) in [(draft.credential, draft.reason) for draft in found.outcomes]


@pytest.mark.parametrize("standing", [Standing.UNDER_REVIEW, Standing.VOID])
def test_what_a_reviewer_holds_or_took_back_ends_as_well(world: World, standing: Standing) -> None:
    world.review(1, standing)
    world.deliver(refunded())
    assert counted(world) == (NO_HOURS, NO_HOURS)
    reversals = [entry for entry in world.entries() if entry.kind == "reversal"]
    assert len(reversals) == 1
    assert world.verdict().faults == []


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("spared", [0, 1, 2])
def test_a_crash_at_any_point_ends_the_same(world: World, moment: str, spared: int) -> None:
    world.deliver(completed("watch-2"))
    world.store.crash, world.store.spared = moment, spared
    with pytest.raises(Crash):
        world.deliver(refunded("watch-1", "watch-2"))
    world.deliver(refunded("watch-1", "watch-2"))
    assert counted(world) == (NO_HOURS, NO_HOURS)
    assert len(world.sent(ANSWER)) == 1
    assert len([line for line in world.outline() if line == "reversal AFP 1.5 REFUNDED"]) == 1


def test_a_request_before_its_watch_waits_for_it(world: World) -> None:
    with pytest.raises(WatchUnknown):
        world.deliver(refunded("watch-2"))
    assert not world.sent(ANSWER)
    world.deliver(completed("watch-2"))
    world.deliver(refunded("watch-2"))
    assert len(world.sent(ANSWER)) == 1
    assert counted(world)[0] == Decimal("1.5"), "the other watch's award stands"


def test_attack_another_learners_watch_is_left_alone(world: World) -> None:
    before = world.state()
    with pytest.raises(WatchOfAnotherLearner):
        world.deliver(refunded(learner=OTHER))
    assert world.state() == before
