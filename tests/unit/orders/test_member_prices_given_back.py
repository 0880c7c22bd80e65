"""Prices for members and refunds of the membership: of the two at most one stands."""

import pytest

from services.kit.days import civil_day
from services.kit.problems import Problem
from services.orders.app.entitlements.list_entitlements import list_entitlements
from services.orders.app.ordering.close_order import cancel_order
from services.orders.app.ordering.place_order import order_courses
from services.orders.app.refunds.read_refunds import refunds_of_order
from services.orders.domain.ids import CourseId
from services.orders.domain.order import Goods, Line, Order, OrderState, PriceReason
from services.orders.domain.refund import Cause, RefundStatus
from tests.unit.orders.shop import ask, decide, pay, place, reread
from tests.unit.orders.world import MEMBER, ORDINARY, VIP, World, a_call

HALF_AN_HOUR = 30 * 60_000


def membership_order(world: World) -> Order:
    """A paid year of membership."""
    plan = world.ctx.plans.in_force(VIP, civil_day(world.clock.now()))
    assert plan
    line = Line(1, Goods.MEMBERSHIP, "vip", plan.effective_from.isoformat(), "VIP", 30_000, 30_000, PriceReason.LIST)
    order = place(world, line)
    pay(world, order, trade_no=world.ids.new())
    return reread(world, order)


def refused(world: World, order: Order) -> bool:
    """Whether a learner's refund is refused, and changes nothing."""
    before = world.store.snapshot()
    with pytest.raises(Problem) as caught:
        ask(world, order)
    return caught.value.type.code == "MEMBERSHIP_IN_USE" and world.store.snapshot() == before


def ordered(world: World, expected_fen: int = 8_910) -> Order:
    """A course, ordered and paid at the price for members."""
    order = order_courses(world.ctx, a_call(MEMBER, world.ids.new(), "request-4"), [ORDINARY], None, expected_fen)
    pay(world, order, trade_no=world.ids.new())
    return reread(world, order)


def test_attack_giving_the_membership_back_and_keeping_its_prices(world: World) -> None:
    membership = membership_order(world)
    waiting = order_courses(world.ctx, a_call(MEMBER, world.ids.new(), "request-4"), [ORDINARY], None, 8_910)
    assert refused(world, membership)
    pay(world, waiting)
    assert refused(world, membership)
    [line] = ask(world, waiting).lines
    assert refused(world, membership)
    decide(world, line)
    assert ask(world, membership).status is RefundStatus.ASKED, "what was saved is given back"


def test_an_order_at_the_price_for_members_that_was_given_up_does_not_matter(world: World) -> None:
    membership = membership_order(world)
    given_up = order_courses(world.ctx, a_call(MEMBER, world.ids.new(), "request-4"), [ORDINARY], None, 8_910)
    cancel_order(world.ctx, a_call(MEMBER), given_up.order_id)
    assert ask(world, membership).status is RefundStatus.ASKED


def test_attack_paying_a_members_order_after_it_expired_and_the_membership_was_given_back(world: World) -> None:
    membership = membership_order(world)
    waiting = order_courses(world.ctx, a_call(MEMBER, world.ids.new(), "request-4"), [ORDINARY], None, 8_910)
    world.clock.advance(HALF_AN_HOUR)
    [line] = ask(world, membership).lines
    receipt = pay(world, waiting, trade_no="T-late")
    assert receipt.refund_id
    assert list_entitlements(world.ctx, MEMBER).items == []
    sent_back = refunds_of_order(world.ctx, waiting.order_id)
    assert [(refund.cause, refund.amount_fen) for refund in sent_back] == [(Cause.PAID_TOO_LATE, 8_910)]
    decide(world, line)
    assert reread(world, membership).state is OrderState.REFUNDED


def test_a_members_order_paid_after_it_expired_is_granted_while_the_membership_runs(world: World) -> None:
    membership = membership_order(world)
    waiting = order_courses(world.ctx, a_call(MEMBER, world.ids.new(), "request-4"), [ORDINARY], None, 8_910)
    world.clock.advance(HALF_AN_HOUR)
    assert pay(world, waiting, trade_no="T-late").refund_id is None
    assert refused(world, membership)


def test_attack_paying_a_members_order_late_on_another_membership_that_is_given_back_too(world: World) -> None:
    membership = membership_order(world)
    waiting = order_courses(world.ctx, a_call(MEMBER, world.ids.new(), "request-4"), [ORDINARY], None, 8_910)
    world.clock.advance(HALF_AN_HOUR)
    decide(world, ask(world, membership).lines[0])
    another = membership_order(world)
    assert pay(world, waiting, trade_no="T-late").refund_id
    assert list_entitlements(world.ctx, MEMBER).items == []
    assert ask(world, another).status is RefundStatus.ASKED, "it has lent no price"


def test_attack_paying_late_in_the_moment_of_the_refund(world: World) -> None:
    membership = membership_order(world)
    waiting = order_courses(world.ctx, a_call(MEMBER, world.ids.new(), "request-4"), [ORDINARY], None, 8_910)
    world.clock.advance(HALF_AN_HOUR)
    world.store.before_commit = lambda: ask(world, membership)
    assert pay(world, waiting, trade_no="T-late").refund_id
    assert list_entitlements(world.ctx, MEMBER).items == []


def test_attack_ordering_as_a_member_in_the_moment_of_the_refund(world: World) -> None:
    membership = membership_order(world)
    world.store.before_commit = lambda: ask(world, membership)
    with pytest.raises(Problem) as caught:
        ordered(world)
    assert caught.value.type.code == "PRICE_CHANGED"
    [refund] = refunds_of_order(world.ctx, membership.order_id)
    decide(world, refund.lines[0])
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
        world.publish(CourseId(f"course-{number}"), 1, price_fen=0)
        order_courses(world.ctx, a_call(MEMBER, world.ids.new(), "request-4"), [CourseId(f"course-{number}")], None, 0)
    assert refused(world, membership)
