"""Payments: each has one effect, what was ordered or the money back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.kit.store import Change, Put
from services.orders.app.courses.read_state import read_state
from services.orders.app.entitlements.list_entitlements import list_entitlements
from services.orders.app.ordering.items import order_key
from services.orders.app.payments.items import PaymentReceipt
from services.orders.app.payments.record_payment import WrongAmount, settle_free
from services.orders.domain.ids import CourseId
from services.orders.domain.order import Goods, Line, OrderState, PriceReason
from services.orders.domain.purchase_state import State
from tests.unit.orders.shop import a_line, pay, place, reread
from tests.unit.orders.world import MEMBER, ORDINARY, RECOMMENDED, Crash, World, die

HALF_AN_HOUR = 30 * 60_000


def told(world: World, type_: str) -> list[dict[str, object]]:
    """The data of the events of a type that left."""
    return [event.data for event in world.store.outbox if event.type == type_]


def refunds_due(world: World) -> list[object]:
    """What is to be sent back."""
    return [data["amount_fen"] for data in told(world, "orders.refund_due.v1")]


def test_a_payment_grants_what_was_ordered_and_tells_it_in_one_transaction(world: World) -> None:
    order = place(world, a_line(1), a_line(2, RECOMMENDED))
    receipt = pay(world, order)
    assert receipt.refund_id is None
    found = {entitlement.course_id: entitlement for entitlement in list_entitlements(world.ctx, MEMBER).items}
    assert found.keys() == {ORDINARY, RECOMMENDED}
    assert {(e.basis, e.counts_against_member_quota, e.order_id) for e in found.values()} == {
        ("purchase", False, order.order_id)
    }
    paid = reread(world, order)
    assert paid.state is OrderState.PAID
    assert [line.grant_id for line in paid.lines] == [
        found[CourseId(line.item_id)].entitlement_id for line in paid.lines
    ]
    (fact,) = told(world, "orders.order_paid.v1")
    assert (fact["amount_fen"], fact["trade_no"], len(world.claims_told())) == (19800, "T1", 2)


def test_a_payment_told_again_changes_nothing(world: World) -> None:
    order = place(world)
    first = pay(world, order)
    before = world.store.snapshot()
    world.clock.advance(1000)
    assert pay(world, order) == first
    assert world.store.snapshot() == before


def test_a_second_payment_of_an_order_is_sent_back(world: World) -> None:
    order = place(world)
    pay(world, order)
    second = pay(world, order, "T2")
    assert second.refund_id
    assert pay(world, order, "T2") == second
    assert refunds_due(world) == [9900]
    assert len(list_entitlements(world.ctx, MEMBER).items) == 1
    assert reread(world, order).refunded_fen == 0


@pytest.mark.parametrize("written_down", [False, True])
def test_a_payment_of_an_expired_order_revives_it(world: World, written_down: bool) -> None:
    order = place(world)
    world.clock.advance(HALF_AN_HOUR)
    if written_down:
        expired = order.closed(OrderState.EXPIRED, world.clock.now())
        world.store.commit(Change([Put(order_key(order.order_id), expired, 1)]))
    assert pay(world, order).refund_id is None
    assert read_state(world.ctx, MEMBER, ORDINARY).state is State.OWNED


def test_a_payment_of_an_expired_order_whose_course_was_ordered_again_is_sent_back(world: World) -> None:
    order = place(world)
    world.clock.advance(HALF_AN_HOUR)
    newer = place(world)
    assert pay(world, order).refund_id
    assert pay(world, newer, "T2").refund_id is None
    assert refunds_due(world) == [9900]
    assert len(list_entitlements(world.ctx, MEMBER).items) == 1


def test_a_payment_of_an_expired_order_whose_course_was_claimed_since_is_sent_back(member_world: World) -> None:
    order = place(member_world, a_line(1, RECOMMENDED))
    member_world.clock.advance(HALF_AN_HOUR)
    member_world.claim()
    assert pay(member_world, order).refund_id
    assert len(list_entitlements(member_world.ctx, MEMBER).items) == 1


def test_a_payment_of_a_cancelled_order_is_sent_back(world: World) -> None:
    order = place(world)
    cancelled = order.closed(OrderState.CANCELLED, world.clock.now())
    world.store.commit(Change([Put(order_key(order.order_id), cancelled, 1)]))
    assert pay(world, order).refund_id
    assert (refunds_due(world), list_entitlements(world.ctx, MEMBER).items) == ([9900], [])


@pytest.mark.parametrize("changed", [{"amount_fen": 1}, {"amount_fen": 9901}, {"currency": "USD"}])
def test_another_amount_or_currency_changes_nothing(world: World, changed: dict[str, Any]) -> None:
    order = place(world)
    before = world.store.snapshot()
    with pytest.raises(WrongAmount):
        pay(world, order, **changed)
    assert world.store.snapshot() == before


def test_of_two_payments_at_once_one_is_sent_back(world: World) -> None:
    order = place(world)
    with ThreadPoolExecutor(4) as pool:
        receipts: list[PaymentReceipt] = list(pool.map(lambda number: pay(world, order, f"T{number % 2}"), range(8)))
    assert len({receipt.refund_id for receipt in receipts}) == 2
    assert refunds_due(world) == [9900]
    assert len(list_entitlements(world.ctx, MEMBER).items) == 1


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_crash_is_made_good_by_telling_again(world: World, moment: str) -> None:
    order = place(world)
    setattr(world.store, moment, die)
    with pytest.raises(Crash):
        pay(world, order)
    assert pay(world, order).refund_id is None
    assert len(told(world, "orders.order_paid.v1")) == 1


def test_a_paid_membership_begins_and_a_second_one_follows_on(world: World) -> None:
    line = Line(1, Goods.MEMBERSHIP, "vip", "2025-01-01", "VIP会员", 19900, 19900, PriceReason.LIST)
    first = place(world, line)
    pay(world, first)
    second = place(world, line)
    world.clock.advance(1000)
    pay(world, second, "T2")
    periods = told(world, "orders.membership_changed.v1")
    assert [period["valid_from"] for period in periods] == ["2026-03-02T04:00:00Z", "2027-03-02T04:00:00Z"]
    assert [reread(world, order).lines[0].grant_id for order in (first, second)] == [
        period["membership_period_id"] for period in periods
    ]


def test_an_order_of_nothing_is_granted_without_a_payment_and_any_other_is_not(world: World) -> None:
    free, dear = place(world, a_line(price_fen=0)), place(world, a_line(1, RECOMMENDED))
    settle_free(world.ctx, free.order_id)
    before = world.store.snapshot()
    settle_free(world.ctx, free.order_id)
    settle_free(world.ctx, dear.order_id)
    assert world.store.snapshot() == before
    (entitlement,) = list_entitlements(world.ctx, MEMBER).items
    assert entitlement.course_id == ORDINARY
    (fact,) = told(world, "orders.order_paid.v1")
    assert (fact["provider"], fact["amount_fen"]) == (None, 0)
