"""An order's amounts and states."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.domain.coupon import Coupon, split
from services.orders.domain.ids import CouponCode, CourseId
from services.orders.domain.order import IllegalTransition, LineState, Order, OrderState
from tests.unit.orders.shop import a_line, place
from tests.unit.orders.world import NOON_IN_SHANGHAI, World

NOW = NOON_IN_SHANGHAI
LATER = NOW + timedelta(minutes=30)


@pytest.fixture
def order(world: World) -> Order:
    """Two courses, open."""
    return place(world, a_line(1, price_fen=100), a_line(2, CourseId("bonds"), 250))


def paid(order: Order) -> Order:
    """After its payment."""
    return order.granted({1: "e1", 2: "e2"}, NOW, None)


def test_an_open_order_has_expired_at_its_last_instant_without_anybody_writing_it(order: Order) -> None:
    assert order.state_at(LATER - timedelta(milliseconds=1)) is OrderState.OPEN
    assert order.state_at(LATER) is OrderState.EXPIRED
    assert paid(order).state_at(LATER) is OrderState.PAID


def test_amounts_follow_from_the_lines(order: Order) -> None:
    assert (order.amount_fen, order.refunded_fen) == (350, 0)
    part = paid(order).revoking([1]).refunded(1)
    assert (part.amount_fen, part.refunded_fen, part.state) == (350, 100, OrderState.PARTLY_REFUNDED)
    whole = part.revoking([2]).refunded(2)
    assert (whole.refunded_fen, whole.state) == (350, OrderState.REFUNDED)


MOVES: dict[str, Callable[[Order], Order]] = {
    "pay": paid,
    "cancel": lambda order: order.closed(OrderState.CANCELLED, NOW),
    "expire": lambda order: order.closed(OrderState.EXPIRED, LATER),
    "refund": lambda order: order.revoking([1]).refunded(1),
}
ALLOWED = {
    "open": {"pay", "cancel", "expire"},
    "cancelled": set[str](),
    "expired": {"pay"},
    "paid": {"refund"},
    "partly refunded": set[str](),
}
STATES: dict[str, Callable[[Order], Order]] = {
    "open": lambda order: order,
    "cancelled": MOVES["cancel"],
    "expired": MOVES["expire"],
    "paid": paid,
    "partly refunded": lambda order: paid(order).revoking([1]).refunded(1),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", MOVES)
def test_states_only_move_forward(order: Order, state: str, move: str) -> None:
    before = STATES[state](order)
    if move in ALLOWED[state]:
        assert MOVES[move](before).state is not before.state
    else:
        with pytest.raises(IllegalTransition):
            MOVES[move](before)


def test_an_order_does_not_expire_early(order: Order) -> None:
    with pytest.raises(IllegalTransition):
        order.closed(OrderState.EXPIRED, LATER - timedelta(milliseconds=1))


def test_a_line_is_refunded_once_and_only_after_its_grant_is_being_taken_back(order: Order) -> None:
    wrong: list[Callable[[Order], Order]] = [
        lambda o: o.refunded(1),
        lambda o: o.kept(1),
        lambda o: o.revoking([1, 1]).revoking([1]),
    ]
    for move in wrong:
        with pytest.raises(IllegalTransition):
            move(paid(order))
    kept = paid(order).revoking([1]).kept(1)
    assert (kept.line(1).state, kept.refunded_fen) == (LineState.GRANTED, 0)
    with pytest.raises(LookupError):
        paid(order).revoking([3])


@given(
    st.lists(st.integers(0, 10_000_000), max_size=20).flatmap(lambda w: st.tuples(st.integers(0, sum(w)), st.just(w)))
)
def test_shares_of_a_discount_are_whole_exact_and_never_more_than_the_price(case: tuple[int, list[int]]) -> None:
    total, weights = case
    parts = split(total, weights)
    assert sum(parts) == total
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))
    whole = sum(weights)
    assert all(abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True) if whole)


def a_coupon(**changed: object) -> Coupon:
    """Ten per cent off everything, this month."""
    coupon = Coupon(CouponCode("CODE"), "开学季", None, 10, NOW, NOW + timedelta(days=30), 100, 1)
    return replace(coupon, **changed)  # type: ignore[arg-type]


def test_a_percentage_is_taken_of_the_sum_and_a_fixed_amount_is_at_most_the_sum() -> None:
    lines = [a_line(1, price_fen=333), a_line(2, CourseId("bonds"), 333), a_line(3, CourseId("funds"), 339)]
    assert [line.discount_fen for line in a_coupon().taken_off(lines)] == [33, 33, 34]
    fixed = a_coupon(off_percent=None, off_fen=2000).taken_off(lines)
    assert [line.due_fen for line in fixed] == [0, 0, 0]


def test_a_coupon_for_some_courses_leaves_the_others_alone() -> None:
    lines = [a_line(1, price_fen=500), a_line(2, CourseId("bonds"), 500)]
    assert [line.discount_fen for line in a_coupon(course_ids=("bonds",)).taken_off(lines)] == [0, 50]


def test_a_coupon_is_valid_from_its_first_to_before_its_last_instant() -> None:
    coupon = a_coupon()
    assert coupon.open_at(NOW)
    assert not coupon.open_at(NOW - timedelta(milliseconds=1))
    assert not coupon.open_at(coupon.valid_until)
    assert not a_coupon(withdrawn=True).open_at(NOW)
