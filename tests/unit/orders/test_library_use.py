"""Library watches and refunds of the membership they rest on: of the two at most one stands."""

import pytest

from services.kit.events import Envelope
from services.kit.problems import Problem
from services.orders.app.library_use import REASON, record_watch
from services.orders.app.memberships import read_membership
from services.orders.app.own_orders import cancel_order
from services.orders.app.place_order import order_courses
from services.orders.app.refunds import read_refund
from services.orders.app.refunds_settle import record_reversal
from services.orders.domain.membership import china_date
from services.orders.domain.order import Goods, Line, Order, PriceReason
from services.orders.domain.refund import Refund, RefundStatus
from tests.unit.orders.shop import answer_to, ask, decide, pay, place, reread
from tests.unit.orders.world import MEMBER, ORDINARY, World


def membership_order(world: World) -> Order:
    """A paid year of membership."""
    plan = world.context.plans.in_force("vip", china_date(world.clock.now()))
    assert plan
    line = Line(1, Goods.MEMBERSHIP, "vip", plan.effective_from.isoformat(), "VIP", 30_000, 30_000, PriceReason.LIST)
    order = place(world, line)
    pay(world, order, trade_no=world.ids.new())
    return reread(world, order)


def watched(world: World, period_id: str | None, watch_id: str = "watch-1") -> Envelope:
    """Playback tells of a completed watch."""
    data = {"watch_id": watch_id, "learner_id": MEMBER, "course_id": ORDINARY, "membership_period_id": period_id}
    event = Envelope(
        id=world.ids.new(),
        source="xueshi.playback",
        type="playback.watch_completed.v1",
        time=world.clock.now(),
        subject=watch_id,
        correlation_id="request-3",
        data=data,
    )
    record_watch(world.context, event)
    return event


def refused(world: World, order: Order) -> bool:
    """Whether a learner's refund is refused, and changes nothing."""
    before = world.store.snapshot()
    with pytest.raises(Problem) as caught:
        ask(world, order)
    return caught.value.type.code == "MEMBERSHIP_IN_USE" and world.store.snapshot() == before


def reversals(world: World) -> list[dict[str, object]]:
    """What credits is asked to take back."""
    return [event.data for event in world.store.outbox if event.type == "orders.hours_reversal_requested.v1"]


def refund_of_used(world: World) -> tuple[Order, Refund, Envelope]:
    """A membership refunded in the moment in which a watch on it was completed."""
    order = membership_order(world)
    refund = ask(world, order)
    return order, refund, watched(world, order.lines[0].grant_id)


def test_attack_refunding_a_membership_whose_library_was_watched(world: World) -> None:
    order = membership_order(world)
    watched(world, order.lines[0].grant_id)
    watched(world, order.lines[0].grant_id, "watch-2")
    assert refused(world, order)
    assert read_membership(world.context, MEMBER).current
    assert ask(world, order, reverse_hours=False).status is RefundStatus.DUE, "an administrator may"
    assert not reversals(world), "what was come by rightly stays"


def test_attack_refunding_before_the_completed_watch_is_told(world: World) -> None:
    order, refund, event = refund_of_used(world)
    assert refund.status is RefundStatus.DUE
    [asked] = reversals(world)
    assert (asked["watch_ids"], asked["course_id"], asked["reason"]) == (["watch-1"], ORDINARY, REASON)
    record_watch(world.context, event)
    assert len(reversals(world)) == 1, "delivered twice"
    watched(world, order.lines[0].grant_id, "watch-2")
    assert [asked["watch_ids"] for asked in reversals(world)] == [["watch-1"], ["watch-2"]]


def test_the_answer_about_hours_of_a_refunded_membership_moves_nothing(world: World) -> None:
    order, refund, _event = refund_of_used(world)
    before = reread(world, order)
    record_reversal(world.context, answer_to(world, "credits.watches_reversed.v1", refund.lines[0]))
    assert read_refund(world.context, refund.refund_id).value == refund
    assert reread(world, order) == before


def test_attack_refund_and_watch_in_the_same_moment(world: World) -> None:
    order = membership_order(world)
    world.store.before_commit = lambda: watched(world, order.lines[0].grant_id)
    with pytest.raises(Problem) as caught:
        ask(world, order)
    assert caught.value.type.code == "MEMBERSHIP_IN_USE"
    again = membership_order(world)
    world.store.before_commit = lambda: ask(world, again)
    watched(world, again.lines[0].grant_id, "watch-2")
    assert [asked["watch_ids"] for asked in reversals(world)] == [["watch-2"]]


def ordered(world: World, expected_fen: int = 8_910) -> Order:
    """A course, ordered and paid at the price for members."""
    order = order_courses(world.context, MEMBER, [ORDINARY], None, expected_fen, world.ids.new(), "request-4")
    pay(world, order, trade_no=world.ids.new())
    return reread(world, order)


def test_attack_giving_the_membership_back_and_keeping_its_prices(world: World) -> None:
    membership = membership_order(world)
    waiting = order_courses(world.context, MEMBER, [ORDINARY], None, 8_910, world.ids.new(), "request-4")
    assert refused(world, membership)
    pay(world, waiting)
    assert refused(world, membership)
    [line] = ask(world, waiting).lines
    assert refused(world, membership)
    decide(world, line)
    assert ask(world, membership).status is RefundStatus.DUE, "what was saved is given back"


def test_an_order_at_the_price_for_members_that_was_given_up_does_not_matter(world: World) -> None:
    membership = membership_order(world)
    given_up = order_courses(world.context, MEMBER, [ORDINARY], None, 8_910, world.ids.new(), "request-4")
    cancel_order(world.context, MEMBER, given_up.order_id)
    assert ask(world, membership).status is RefundStatus.DUE


def test_attack_ordering_as_a_member_in_the_moment_of_the_refund(world: World) -> None:
    membership = membership_order(world)
    world.store.before_commit = lambda: ask(world, membership)
    with pytest.raises(Problem) as caught:
        ordered(world)
    assert caught.value.type.code == "PRICE_CHANGED"
    again = membership_order(world)
    world.store.before_commit = lambda: ordered(world)
    with pytest.raises(Problem) as caught:
        ask(world, again)
    assert caught.value.type.code == "MEMBERSHIP_IN_USE"


def test_orders_far_back_are_found(world: World) -> None:
    membership = membership_order(world)
    ordered(world)
    for number in range(25):
        world.clock.advance(1_000)
        world.publish(f"course-{number}", 1, price_fen=0)
        order_courses(world.context, MEMBER, [f"course-{number}"], None, 0, world.ids.new(), "request-4")
    assert refused(world, membership)


def test_watches_on_another_period_or_on_a_purchase_do_not_matter(world: World) -> None:
    first, renewal = membership_order(world), membership_order(world)
    watched(world, first.lines[0].grant_id)
    watched(world, None)
    assert ask(world, renewal).status is RefundStatus.DUE


def test_an_event_without_a_watch_is_refused(world: World) -> None:
    event = watched(world, None)
    with pytest.raises(ValueError, match="watch_id"):
        record_watch(world.context, event.model_copy(update={"data": {}}))
