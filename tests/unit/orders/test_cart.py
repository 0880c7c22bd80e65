"""The cart: one per learner, priced by the server whenever it is read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.kit.problems import Problem
from services.orders.app.ordering.cart import (
    PricedCart,
    PricedLine,
    add_to_cart,
    remove_from_cart,
    select_in_cart,
    show_cart,
)
from services.orders.domain.ids import CourseId, LearnerId
from services.orders.domain.order import MAX_LINES
from services.orders.domain.purchase_state import BuyingObstacle
from tests.unit.orders.shop import a_line, pay, place
from tests.unit.orders.world import MEMBER, ORDINARY, RECOMMENDED, VISITOR, World, a_call


def add(world: World, *course_ids: CourseId, learner_id: LearnerId = MEMBER) -> PricedCart:
    """Puts courses in; answers the cart after the last."""
    return [add_to_cart(world.ctx, a_call(learner_id), course_id) for course_id in course_ids][-1]


def show(world: World, learner_id: LearnerId = MEMBER) -> PricedCart:
    """The cart now."""
    return show_cart(world.ctx, learner_id)


def courses(cart: PricedCart) -> list[str]:
    """What is in it."""
    return [line.line.course_id for line in cart.lines]


def only(cart: PricedCart) -> PricedLine:
    """Its one line."""
    (line,) = cart.lines
    return line


def refused(world: World, change: Callable[[], object]) -> Problem:
    """A refusal, which changes nothing."""
    before = world.store.snapshot()
    with pytest.raises(Problem) as problem:
        change()
    assert world.store.snapshot() == before
    return problem.value


def test_courses_are_added_once_and_taken_out(world: World) -> None:
    cart = add(world, ORDINARY, RECOMMENDED, ORDINARY)
    assert (courses(cart), cart.total_fen, cart.version) == ([ORDINARY, RECOMMENDED], 19800, 2)
    assert show(world) == cart
    assert courses(show(world, VISITOR)) == []
    for _ in range(2):
        cart = remove_from_cart(world.ctx, a_call(MEMBER), ORDINARY)
        assert (courses(cart), cart.version) == ([RECOMMENDED], 3)


def test_what_is_not_selected_does_not_count(world: World) -> None:
    cart = add(world, ORDINARY, RECOMMENDED)
    cart = select_in_cart(world.ctx, a_call(MEMBER), [RECOMMENDED, CourseId("unheard-of")], cart.version)
    assert ([line.counts for line in cart.lines], cart.total_fen) == ([False, True], 9900)


def test_a_selection_does_not_undo_what_another_device_did(world: World) -> None:
    old = add(world, ORDINARY)
    new = add(world, RECOMMENDED)
    problem = refused(world, lambda: select_in_cart(world.ctx, a_call(MEMBER), [ORDINARY], old.version))
    assert (problem.type.code, problem.members) == ("CART_CHANGED", {"version": new.version})
    selected = select_in_cart(world.ctx, a_call(MEMBER), [ORDINARY], new.version)
    # A retry whose first answer was lost.
    assert select_in_cart(world.ctx, a_call(MEMBER), [ORDINARY], new.version) == selected


def test_prices_are_those_of_now_and_the_change_since_is_known(world: World) -> None:
    add(world, ORDINARY)
    world.publish(ORDINARY, 2, price_fen=12000)
    line = only(show(world))
    assert (line.standing.price.fen, line.line.price_fen) == (12000, 9900)
    world.grant()
    assert only(show(world)).standing.price.fen == 10800
    world.publish(ORDINARY, 3, price_fen=12000, member_price_fen=5000)
    assert show(world).total_fen == 5000


def test_what_cannot_be_ordered_any_more_stays_visible_and_does_not_count(world: World) -> None:
    add(world, ORDINARY, RECOMMENDED)
    world.withdraw(RECOMMENDED, 2)
    place(world)
    cart = show(world)
    assert [line.standing.buying_obstacle for line in cart.lines] == [
        BuyingObstacle.ORDER_PENDING,
        BuyingObstacle.COURSE_WITHDRAWN,
    ]
    assert cart.total_fen == 0


def test_what_cannot_be_bought_is_not_added(world: World) -> None:
    world.withdraw(RECOMMENDED, 2)
    order = place(world)
    pending = refused(world, lambda: add(world, ORDINARY))
    assert (pending.type.code, pending.members) == (
        "ORDER_PENDING",
        {"course_id": ORDINARY, "order_id": order.order_id},
    )
    pay(world, order)
    assert refused(world, lambda: add(world, ORDINARY)).type.code == "ALREADY_OWNED"
    assert refused(world, lambda: add(world, RECOMMENDED)).type.code == "COURSE_WITHDRAWN"
    assert refused(world, lambda: add(world, CourseId("unheard-of"))).type.code == "COURSE_NOT_FOUND"


def test_a_cart_holds_as_many_courses_as_an_order(world: World) -> None:
    names = [CourseId(f"course-{number}") for number in range(MAX_LINES + 1)]
    for name in names:
        world.publish(name, 1)
    add(world, *names[:-1])
    assert refused(world, lambda: add(world, names[-1])).type.code == "CART_FULL"
    assert len(add(world, names[0]).lines) == MAX_LINES


def test_devices_that_add_at_once_lose_nothing(world: World) -> None:
    names = [CourseId(f"course-{number}") for number in range(4)]
    for name in names:
        world.publish(name, 1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: add(world, name), names))
    assert sorted(courses(show(world))) == names


def test_the_courses_of_a_paid_order_are_marked_in_the_cart(world: World) -> None:
    add(world, RECOMMENDED)
    pay(world, place(world, a_line(1, RECOMMENDED)))
    assert only(show(world)).standing.buying_obstacle is BuyingObstacle.ALREADY_OWNED
