"""How a course stands for a learner, and what it costs them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.app.courses.read_state import CourseState, read_state
from services.orders.app.ordering.cart import add_to_cart
from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.ids import CourseId, LearnerId
from services.orders.domain.order import PriceReason
from services.orders.domain.plan import Plan
from services.orders.domain.pricing import Price, price_of
from services.orders.domain.purchase_state import BuyingObstacle, State
from tests.unit.orders.shop import a_line, pay, place
from tests.unit.orders.world import MEMBER, ORDINARY, RECOMMENDED, VIP, VISITOR, World, a_call

HALF_AN_HOUR = 30 * 60_000
PLAN = Plan(VIP, date(2026, 1, 1), "VIP会员", "VIP", 12, True, True, Decimal("25"), 39800, 10)


def seen(world: World, course_id: CourseId = ORDINARY, learner_id: LearnerId = MEMBER) -> CourseState:
    """What the page is told."""
    return read_state(world.ctx, learner_id, course_id)


def test_a_course_goes_from_the_cart_through_an_order_to_its_owner(world: World) -> None:
    assert seen(world).state is State.NOT_OWNED
    add_to_cart(world.ctx, a_call(MEMBER), ORDINARY)
    assert seen(world).state is State.IN_CART
    assert seen(world, learner_id=VISITOR).state is State.NOT_OWNED
    order = place(world)
    found = seen(world)
    assert found.state is State.IN_PENDING_ORDER
    assert found.standing.pending_order == order
    assert found.standing.buying_obstacle is BuyingObstacle.ORDER_PENDING
    pay(world, order)
    found = seen(world)
    assert (found.state, found.standing.buying_obstacle) == (State.OWNED, BuyingObstacle.ALREADY_OWNED)


def test_an_order_is_pending_until_its_last_instant(world: World) -> None:
    place(world)
    world.clock.advance(HALF_AN_HOUR - 1)
    assert seen(world).state is State.IN_PENDING_ORDER
    world.clock.advance(1)
    assert (seen(world).state, seen(world).standing.pending_order) == (State.NOT_OWNED, None)


def test_an_order_comes_before_a_claim_and_a_claim_before_the_cart(member_world: World) -> None:
    add_to_cart(member_world.ctx, a_call(MEMBER), RECOMMENDED)
    assert seen(member_world, RECOMMENDED).state is State.CLAIMABLE
    place(member_world, a_line(1, RECOMMENDED))
    found = seen(member_world, RECOMMENDED)
    assert (found.state, found.standing.claim_obstacle) == (State.IN_PENDING_ORDER, None)


def test_the_library_is_owned_by_members_who_may_still_buy_it_to_keep(member_world: World) -> None:
    member_world.publish(ORDINARY, 2, member_library=True)
    member, visitor = seen(member_world), seen(member_world, learner_id=VISITOR)
    assert (member.state, member.standing.entitlement, member.standing.in_library) == (State.OWNED, None, True)
    assert member.standing.buying_obstacle is None
    assert (visitor.state, visitor.standing.in_library) == (State.NOT_OWNED, False)
    add_to_cart(member_world.ctx, a_call(MEMBER), ORDINARY)
    assert (seen(member_world).state, seen(member_world).in_cart) == (State.OWNED, True)


def test_a_course_of_the_library_that_is_recommended_is_to_be_claimed_first(member_world: World) -> None:
    """A claim's hours count against no quota."""
    member_world.publish(RECOMMENDED, 2, recommended=True, member_library=True)
    found = seen(member_world, RECOMMENDED)
    assert (found.state, found.standing.in_library) == (State.CLAIMABLE, True)


def test_a_withdrawn_course_is_opened_by_no_library_and_cannot_be_bought(member_world: World) -> None:
    member_world.publish(RECOMMENDED, 2, recommended=True, member_library=True)
    member_world.withdraw(RECOMMENDED, 3)
    found = seen(member_world, RECOMMENDED)
    assert (found.state, found.standing.in_library) == (State.NOT_OWNED, False)
    assert found.standing.buying_obstacle is BuyingObstacle.COURSE_WITHDRAWN


def test_who_is_no_member_is_told_of_the_plans_on_offer(member_world: World) -> None:
    assert seen(member_world).plans == []
    assert [plan.id for plan in seen(member_world, learner_id=VISITOR).plans] == ["vip-quarter", "vip"]


def an_offer(price_fen: int, member_price_fen: int | None) -> CourseOffer:
    """A course at these prices."""
    return CourseOffer(CourseId("options"), "期权", False, price_fen, 1, member_price_fen=member_price_fen)


@pytest.mark.parametrize(
    ("member_price_fen", "plan", "price"),
    [
        (7000, None, Price(9999, PriceReason.LIST)),
        (7000, PLAN, Price(7000, PriceReason.MEMBER)),
        (None, PLAN, Price(9000, PriceReason.MEMBER)),
        (0, PLAN, Price(0, PriceReason.MEMBER)),
        (9500, PLAN, Price(9500, PriceReason.MEMBER)),
        (9999, PLAN, Price(9000, PriceReason.MEMBER)),
        (20000, PLAN, Price(9000, PriceReason.MEMBER)),
        (9999, replace(PLAN, member_discount_percent=0), Price(9999, PriceReason.LIST)),
        (9999, None, Price(9999, PriceReason.LIST)),
    ],
)
def test_the_price_and_why(member_price_fen: int | None, plan: Plan | None, price: Price) -> None:
    assert price_of(an_offer(9999, member_price_fen), plan) == price


@given(st.integers(0, 10_000_000), st.none() | st.integers(0, 10_000_000), st.integers(0, 100))
def test_a_member_never_pays_more_than_the_list_price(price: int, own: int | None, percent: int) -> None:
    plan = Plan(VIP, date(2026, 1, 1), "VIP会员", "VIP", 12, True, True, Decimal("25"), 39800, percent)
    assert 0 <= price_of(an_offer(price, own), plan).fen <= price


@pytest.mark.parametrize(("price_fen", "percent"), [(0, 10), (-1, 10), (100, -1), (100, 101)])
def test_a_plan_with_figures_that_make_no_sense_is_not_loaded(price_fen: int, percent: int) -> None:
    with pytest.raises(ValueError, match="price or discount"):
        Plan(VIP, date(2026, 1, 1), "VIP会员", "VIP", 12, True, True, Decimal("25"), price_fen, percent)
