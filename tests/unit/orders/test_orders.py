"""Orders: placed once at the price that was seen, given up, expired, never twice for one thing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from services.kit.problems import Problem
from services.kit.store import Change, Conflict, Put
from services.orders.app.courses.items import course_key
from services.orders.app.courses.read_state import read_state
from services.orders.app.entitlements.list_entitlements import list_entitlements
from services.orders.app.ordering.cart import add_to_cart, show_cart
from services.orders.app.ordering.close_order import cancel_order, expire_order
from services.orders.app.ordering.place_order import order_courses, order_membership
from services.orders.app.ordering.quote import quote_courses
from services.orders.app.ordering.read_orders import known_order, list_orders
from services.orders.app.ordering.sweep_orders import sweep_orders
from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.ids import CourseId, LearnerId, OrderId, PlanId
from services.orders.domain.order import MAX_LINES, PAYMENT_TIME, Goods, Order, OrderState, PriceReason
from services.orders.domain.purchase_state import State
from tests.unit.orders.shop import pay, reread
from tests.unit.orders.world import (
    KEY,
    MEMBER,
    ORDINARY,
    OTHER_KEY,
    RECOMMENDED,
    VIP,
    VISITOR,
    Crash,
    World,
    a_call,
    die,
)

MINUTE = 60_000
HALF_AN_HOUR = 30 * MINUTE
PRICE = 9900


def order(
    world: World, *course_ids: CourseId, learner_id: LearnerId = MEMBER, key: str = KEY, fen: int | None = None
) -> Order:
    """Orders courses (the ordinary one unless told otherwise) at the price they have."""
    wanted = course_ids or (ORDINARY,)
    expected = quote_courses(world.ctx, learner_id, wanted, None).amount_fen if fen is None else fen
    return order_courses(world.ctx, a_call(learner_id, key), wanted, None, expected)


def refused(world: World, call: Callable[[], object]) -> Problem:
    """A refusal, which changes nothing."""
    before = world.store.snapshot()
    with pytest.raises(Problem) as problem:
        call()
    assert world.store.snapshot() == before
    return problem.value


def state_of(world: World, course_id: CourseId = ORDINARY) -> State:
    """What the page shows the member."""
    return read_state(world.ctx, MEMBER, course_id).state


def test_an_order_from_the_cart_takes_what_it_orders_out_of_it(world: World) -> None:
    add_to_cart(world.ctx, a_call(MEMBER), ORDINARY)
    add_to_cart(world.ctx, a_call(MEMBER), RECOMMENDED)
    placed = order(world)
    assert (placed.state, placed.amount_fen, placed.expires_at - placed.created_at) == (
        OrderState.OPEN,
        PRICE,
        PAYMENT_TIME,
    )
    assert [line.line.course_id for line in show_cart(world.ctx, MEMBER).lines] == [RECOMMENDED]
    assert state_of(world) is State.IN_PENDING_ORDER
    assert known_order(world.ctx, placed.order_id, MEMBER).value == placed


def test_the_lines_keep_the_prices_of_their_moment(member_world: World) -> None:
    member_world.publish(RECOMMENDED, 2, recommended=True, member_price_fen=5000)
    placed = order(member_world, ORDINARY, RECOMMENDED)
    member_world.publish(ORDINARY, 2, price_fen=1, title="别的")
    lines = known_order(member_world.ctx, placed.order_id, MEMBER).value.lines
    assert [(line.list_fen, line.price_fen, line.price_reason, line.item_version) for line in lines] == [
        (9900, 8910, PriceReason.MEMBER, "1"),
        (9900, 5000, PriceReason.MEMBER, "2"),
    ]
    assert lines[0].title == "家族信托"


def test_nothing_is_ordered_at_another_price_than_the_one_that_was_seen(world: World) -> None:
    world.publish(ORDINARY, 2, price_fen=12000)
    problem = refused(world, lambda: order(world, fen=PRICE))
    assert (problem.type.code, problem.members) == ("PRICE_CHANGED", {"amount_fen": 12000})
    for tampered in (0, 1, 11999, 12001):
        assert refused(world, partial(order, world, fen=tampered)).type.code == "PRICE_CHANGED"


def test_a_course_named_twice_is_ordered_once(world: World) -> None:
    assert [line.item_id for line in order(world, ORDINARY, ORDINARY).lines] == [ORDINARY]


def test_a_retry_gets_the_same_order(world: World) -> None:
    placed = order(world, fen=PRICE)
    before = world.store.snapshot()
    assert order(world, fen=PRICE) == placed
    assert world.store.snapshot() == before
    assert refused(world, lambda: order(world, RECOMMENDED, fen=PRICE)).type.code == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_crash_while_placing_is_made_good_by_the_retry(world: World, moment: str) -> None:
    setattr(world.store, moment, die)
    with pytest.raises(Crash):
        order(world)
    order(world, fen=PRICE)
    assert len(list_orders(world.ctx, MEMBER, None, 20).items) == 1


def test_there_is_one_open_order_of_a_course(world: World) -> None:
    placed = order(world)
    problem = refused(world, lambda: order(world, RECOMMENDED, ORDINARY, key=OTHER_KEY))
    assert (problem.type.code, problem.members["order_id"]) == ("ORDER_PENDING", placed.order_id)
    order(world, learner_id=VISITOR)


def test_of_many_orders_at_once_one_is_placed(world: World) -> None:
    def attempt(number: int) -> str:
        try:
            return order(world, key=f"key-of-attempt-{number:04}", fen=PRICE).order_id
        except Problem as problem:
            return problem.type.code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, range(12)))
    (placed,) = list_orders(world.ctx, MEMBER, None, 20).items
    assert sorted(answers) == sorted([placed.order_id, *["ORDER_PENDING"] * 11])


def test_what_is_owned_withdrawn_or_unknown_is_not_ordered(member_world: World) -> None:
    member_world.claim()
    assert refused(member_world, lambda: order(member_world, RECOMMENDED)).type.code == "ALREADY_OWNED"
    member_world.withdraw(ORDINARY, 2)
    assert refused(member_world, lambda: order(member_world)).type.code == "COURSE_WITHDRAWN"
    assert refused(member_world, lambda: order(member_world, CourseId("unheard-of"))).type.code == "COURSE_NOT_FOUND"


def test_an_order_loses_against_a_claim_of_the_same_moment(member_world: World) -> None:
    expected = quote_courses(member_world.ctx, MEMBER, [RECOMMENDED], None).amount_fen
    member_world.store.before_commit = lambda: member_world.claim(key=OTHER_KEY)
    with pytest.raises(Problem) as problem:
        order(member_world, RECOMMENDED, fen=expected)
    assert problem.value.type.code == "ALREADY_OWNED"


def test_an_order_loses_against_a_late_payment_of_the_one_before(world: World) -> None:
    first = order(world)
    world.clock.advance(HALF_AN_HOUR)
    world.store.before_commit = lambda: pay(world, first)
    with pytest.raises(Problem) as problem:
        order(world, key=OTHER_KEY, fen=PRICE)
    assert problem.value.type.code == "ALREADY_OWNED"
    assert len(list_entitlements(world.ctx, MEMBER).items) == 1


def test_the_price_is_that_of_the_membership_that_still_runs_when_it_is_placed(world: World) -> None:
    world.store.before_commit = lambda: world.grant(key=OTHER_KEY)
    with pytest.raises(Problem) as problem:
        order(world, fen=PRICE)
    assert (problem.value.type.code, problem.value.members) == ("PRICE_CHANGED", {"amount_fen": 8910})
    assert order(world).amount_fen == 8910
    world.clock.advance(366 * 24 * 60 * MINUTE)
    assert order(world, RECOMMENDED, key=OTHER_KEY).amount_fen == PRICE


def test_giving_up_lets_order_again(world: World) -> None:
    placed = order(world)
    cancelled = cancel_order(world.ctx, a_call(MEMBER), placed.order_id)
    assert (cancelled.state, cancelled.closed_at) == (OrderState.CANCELLED, world.clock.now())
    before = world.store.snapshot()
    assert cancel_order(world.ctx, a_call(MEMBER), placed.order_id) == cancelled
    assert world.store.snapshot() == before
    assert state_of(world) is State.NOT_OWNED
    assert order(world, key=OTHER_KEY).state is OrderState.OPEN


def test_a_paid_or_expired_order_is_not_given_up(world: World) -> None:
    paid = order(world)
    pay(world, paid)
    late = order(world, RECOMMENDED, key=OTHER_KEY)
    world.clock.advance(HALF_AN_HOUR)
    for placed, state in ((paid, "paid"), (late, "expired")):
        problem = refused(world, partial(cancel_order, world.ctx, a_call(MEMBER), placed.order_id))
        assert (problem.type.code, problem.members) == ("ORDER_NOT_CANCELLABLE", {"state": state})


def test_of_a_payment_and_a_cancellation_at_once_one_wins(world: World) -> None:
    placed = order(world)
    world.store.before_commit = lambda: pay(world, placed)
    with pytest.raises(Problem) as problem:
        cancel_order(world.ctx, a_call(MEMBER), placed.order_id)
    assert problem.value.type.code == "ORDER_NOT_CANCELLABLE"
    second = order(world, RECOMMENDED, key=OTHER_KEY)
    world.store.before_commit = lambda: cancel_order(world.ctx, a_call(MEMBER), second.order_id)
    assert pay(world, second, "T2").refund_id


def test_an_order_expires_at_its_last_instant_and_not_before(world: World) -> None:
    placed = order(world)
    world.clock.advance(HALF_AN_HOUR - 1)
    expire_order(world.ctx, placed.order_id)
    assert reread(world, placed).state is OrderState.OPEN
    world.clock.advance(1)
    for _ in range(2):
        expire_order(world.ctx, placed.order_id)
        assert reread(world, placed).state is OrderState.EXPIRED
    pay(world, placed)
    expire_order(world.ctx, placed.order_id)
    assert reread(world, placed).state is OrderState.PAID


def test_orders_of_others_are_as_if_they_were_not(world: World) -> None:
    placed = order(world)
    for learner_id, order_id in ((VISITOR, placed.order_id), (MEMBER, OrderId("20260302040000" + "0" * 18))):
        for look in (
            partial(known_order, world.ctx, order_id, learner_id),
            partial(cancel_order, world.ctx, a_call(learner_id), order_id),
        ):
            assert refused(world, look).type.code == "ORDER_NOT_FOUND"
    assert list_orders(world.ctx, VISITOR, None, 20).items == []


def test_own_orders_come_newest_first_in_pages(world: World) -> None:
    names = [CourseId(f"course-{number}") for number in range(5)]
    for number, name in enumerate(names):
        world.publish(name, 1)
        order(world, name, key=f"key-of-attempt-{number:04}")
        world.clock.advance(61 * MINUTE)
    first = list_orders(world.ctx, MEMBER, None, 3)
    second = list_orders(world.ctx, MEMBER, first.after, 3)
    assert [found.lines[0].item_id for found in (*first.items, *second.items)] == names[::-1]
    assert (len(first.items), second.after) == (3, None)


def test_an_order_of_nothing_is_granted_at_once(world: World) -> None:
    world.publish(ORDINARY, 2, price_fen=0)
    placed = order(world)
    assert (placed.state, placed.paid_by, placed.paid_at) == (OrderState.PAID, None, world.clock.now())
    assert order(world, fen=0) == placed
    assert len(list_entitlements(world.ctx, MEMBER).items) == 1


def test_the_largest_order_fits_into_its_transactions(world: World) -> None:
    names = [CourseId(f"course-{number}") for number in range(MAX_LINES)]
    for name in names:
        world.publish(name, 1)
        world.clock.advance(1)
    for number, name in enumerate(names):
        expired = order(world, name, key=f"key-of-attempt-{number:04}")
        assert expired.amount_fen == PRICE
    world.clock.advance(HALF_AN_HOUR)
    placed = order(world, *names)
    assert pay(world, placed).refund_id is None
    assert len(list_entitlements(world.ctx, MEMBER).items) == MAX_LINES


def test_a_membership_is_bought_and_renewed_before_and_after_its_end(world: World) -> None:
    def buy(plan: str, fen: int, key: str) -> Order:
        placed = order_membership(world.ctx, a_call(MEMBER, key), PlanId(plan), fen)
        assert pay(world, placed, key).refund_id is None
        return reread(world, placed)

    first = buy("vip-quarter", 12800, KEY)
    assert (first.lines[0].goods, first.lines[0].item_version) == (Goods.MEMBERSHIP, "2026-01-01")
    buy("vip", 39800, OTHER_KEY)
    world.clock.advance(2 * 366 * 24 * 60 * MINUTE + 500)
    buy("vip-quarter", 12800, "key-0000000000003")
    told = [event.data for event in world.store.outbox if event.type == "orders.membership_changed.v1"]
    assert [(period["plan_id"], period["valid_from"], period["valid_until"]) for period in told] == [
        ("vip-quarter", "2026-03-02T04:00:00Z", "2026-06-02T04:00:00Z"),
        ("vip", "2026-06-02T04:00:00Z", "2027-06-02T04:00:00Z"),
        ("vip-quarter", "2028-03-03T04:00:00Z", "2028-06-03T04:00:00Z"),
    ]
    assert [period["quota_hours"] for period in told] == ["6", "25", "6"]


def test_one_membership_order_is_open_whatever_the_plan(world: World) -> None:
    placed = order_membership(world.ctx, a_call(MEMBER, KEY), VIP, 39800)
    problem = refused(
        world, lambda: order_membership(world.ctx, a_call(MEMBER, OTHER_KEY, "r"), PlanId("vip-quarter"), 12800)
    )
    assert (problem.type.code, problem.members) == ("ORDER_PENDING", {"order_id": placed.order_id})
    cancel_order(world.ctx, a_call(MEMBER), placed.order_id)
    order_membership(world.ctx, a_call(MEMBER, OTHER_KEY), PlanId("vip-quarter"), 12800)


def test_a_plan_that_is_not_sold_or_at_another_price_is_not_ordered(world: World) -> None:
    for plan, fen, code in (("svip", 39800, "PLAN_NOT_FOUND"), ("vip", 1, "PRICE_CHANGED")):
        problem = refused(world, partial(order_membership, world.ctx, a_call(), PlanId(plan), fen))
        assert problem.type.code == code


def test_a_member_price_applies_from_the_payment_of_the_membership(world: World) -> None:
    membership = order_membership(world.ctx, a_call(MEMBER, KEY), VIP, 39800)
    assert quote_courses(world.ctx, MEMBER, [ORDINARY], None).amount_fen == PRICE
    pay(world, membership)
    assert quote_courses(world.ctx, MEMBER, [ORDINARY], None).amount_fen == 8910


def test_an_offer_from_before_member_prices_is_still_sold(world: World) -> None:
    """Items that were written without the newer fields."""
    old = CourseOffer(CourseId("old"), "旧课程", False, 100, 1)
    world.store.commit(Change([Put(course_key(CourseId("old")), old)]))
    assert order(world, CourseId("old")).amount_fen == 100


def test_the_sweep_closes_what_has_expired_and_nothing_else(world: World) -> None:
    late = order(world)
    world.clock.advance(HALF_AN_HOUR)
    fresh = order(world, RECOMMENDED, key=OTHER_KEY)
    assert [sweep_orders(world.ctx) for _ in range(2)] == [1, 0]
    assert (reread(world, late).state, reread(world, fresh).state) == (OrderState.EXPIRED, OrderState.OPEN)
    assert reread(world, late).closed_at == world.clock.now()


def test_the_sweep_finds_orders_after_an_outage_of_a_day(world: World) -> None:
    late = order(world)
    world.clock.advance(24 * 60 * MINUTE)
    assert sweep_orders(world.ctx, lambda: True) == 0
    assert sweep_orders(world.ctx) == 1
    assert reread(world, late).state is OrderState.EXPIRED


def test_an_order_of_nothing_whose_placing_died_is_granted_by_the_sweep(world: World) -> None:
    world.publish(ORDINARY, 2, price_fen=0)
    world.store.after_commit = die
    with pytest.raises(Crash):
        order(world, fen=0)
    assert sweep_orders(world.ctx) == 0
    world.clock.advance(MINUTE)
    assert sweep_orders(world.ctx) == 1
    assert state_of(world) is State.OWNED


def test_an_order_of_nothing_whose_course_was_claimed_meanwhile_expires(member_world: World) -> None:
    world = member_world
    world.publish(RECOMMENDED, 2, recommended=True, price_fen=0)
    world.store.after_commit = die
    with pytest.raises(Crash):
        order(world, RECOMMENDED, fen=0)
    world.claim(key=OTHER_KEY)
    world.clock.advance(HALF_AN_HOUR)
    sweep_orders(world.ctx)
    (left,) = list_orders(world.ctx, MEMBER, None, 10).items
    assert left.state is OrderState.EXPIRED
    assert sweep_orders(world.ctx) == 0


def test_an_order_that_others_keep_writing_is_left_for_the_next_run(world: World) -> None:
    order(world)
    world.clock.advance(HALF_AN_HOUR)

    def lose() -> None:
        world.store.before_commit = lose
        raise Conflict

    world.store.before_commit = lose
    assert sweep_orders(world.ctx) == 0
    world.store.before_commit = None
    assert sweep_orders(world.ctx) == 1
