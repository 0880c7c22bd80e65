"""Many learners in the same second: nobody is told BUSY, and no limit is exceeded by one."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from time import sleep
from typing import TypeVar

import pytest

from services.kit.days import Days
from services.kit.problems import Problem
from services.kit.store import Conflict, Key, Stored
from services.orders.app.context import Context
from services.orders.app.coupons.manage_coupons import create_coupon, read_coupon
from services.orders.app.entitlements.claim_course import claim_course
from services.orders.app.invoices.request_invoice import InvoiceDraft, request_invoice
from services.orders.app.memberships.grant_membership import grant_membership
from services.orders.app.ordering.items import orders_of_hour
from services.orders.app.ordering.place_order import order_courses, order_membership
from services.orders.app.ordering.read_orders import orders_placed
from services.orders.app.refunds.ask_refund import RefundDraft, ask_refund
from services.orders.app.refunds.items import read_refund
from services.orders.app.refunds.settle_refund import record_decision, record_reversal
from services.orders.domain.coupon import Coupon
from services.orders.domain.ids import CouponCode, CourseId, LearnerId
from services.orders.domain.invoice import Buyer, BuyerKind
from services.orders.domain.order import MAX_LINES, PAYMENT_TIME
from services.orders.domain.refund import RefundStatus
from tests.crowd import CrowdedStore, all_at_once
from tests.unit.orders.shop import a_line, answer_to, ask, pay, place
from tests.unit.orders.world import (
    ADMINISTRATOR,
    MEMBER,
    NOON_IN_SHANGHAI,
    ORDINARY,
    RECOMMENDED,
    VIP,
    World,
    a_call,
)

PRICE = 9900
SPRING = CouponCode("SPRING2026")
READ_S = 0.002

T = TypeVar("T")


class SlowStore(CrowdedStore):
    """Reads take their time too, so that others write between two of them."""

    def get(self, key: Key, kind: type[T]) -> Stored[T] | None:
        """Reads one item."""
        sleep(READ_S)
        return super().get(key, kind)

    def query(self, pk: str, prefix: str, kind: type[T]) -> list[Stored[T]]:
        """Reads a partition's items."""
        sleep(READ_S)
        return super().query(pk, prefix, kind)


def crowded(world: World) -> tuple[Context, CrowdedStore]:
    """The world as it is, on a store where everything takes time and transactions meet."""
    store = SlowStore(world.clock)
    store.items, store.labels = dict(world.store.items), dict(world.store.labels)
    return replace(world.ctx, store=store), store


def coupon(world: World, total_limit: int) -> None:
    """Half off, once for each learner."""
    until = NOON_IN_SHANGHAI + timedelta(days=1)
    draft = Coupon(SPRING, "春季", None, 50, NOON_IN_SHANGHAI, until, total_limit, learner_limit=1)
    create_coupon(world.ctx, a_call(ADMINISTRATOR), draft, "a campaign")


def buying(ctx: Context, number: int) -> Callable[[], str]:
    """A learner's order with the coupon."""
    return outcome(lambda: order_courses(ctx, a_call(learner(number)), [ORDINARY], SPRING, PRICE // 2))


def learner(number: int) -> LearnerId:
    return LearnerId(f"learner-{number}")


def outcome(call: Callable[[], object]) -> Callable[[], str]:
    """What somebody is told in the end."""

    def told() -> str:
        try:
            call()
        except Problem as problem:
            return problem.type.code
        except Conflict:
            return "BUSY"
        return "done"

    return told


@pytest.mark.parametrize("limit", [100, 300])
def test_two_hundred_orders_with_one_coupon_in_a_second(world: World, limit: int) -> None:
    coupon(world, limit)
    ctx, _ = crowded(world)
    told = all_at_once([buying(ctx, number) for number in range(200)], within_s=1)
    placed = min(limit, 200)
    assert Counter(told) == Counter({"done": placed, "COUPON_USED_UP": 200 - placed})
    assert read_coupon(ctx, SPRING).usage.reserved == placed


def test_a_thousand_claims_of_one_course_in_five_seconds(world: World) -> None:
    for number in range(1000):
        world.grant(learner(number), f"grant-{number}")
    ctx, store = crowded(world)
    claims = [outcome(partial(claim_course, ctx, a_call(learner(number)), RECOMMENDED)) for number in range(1000)]
    assert Counter(all_at_once(claims, within_s=5)) == Counter({"done": 1000})
    assert store.met == 0, "they share nothing"


def test_what_expired_orders_still_hold_goes_to_those_who_want_it_at_once(world: World) -> None:
    coupon(world, 5)
    ctx, _ = crowded(world)
    assert {buying(ctx, number)() for number in range(5)} == {"done"}
    world.clock.advance(round(PAYMENT_TIME.total_seconds() * 1000))
    told = all_at_once([buying(ctx, number) for number in range(5, 105)], within_s=0.2)
    assert Counter(told) == Counter({"done": 5, "COUPON_USED_UP": 95})
    assert read_coupon(ctx, SPRING).usage.reserved == 5


def orders(ctx: Context) -> str:
    return order_courses(ctx, a_call(learner(1)), [ORDINARY], None, PRICE).order_id


def orders_with_a_coupon(ctx: Context) -> str:
    return order_courses(ctx, a_call(learner(1)), [ORDINARY], SPRING, PRICE // 2).order_id


def joins(ctx: Context) -> str:
    return order_membership(ctx, a_call(learner(1)), VIP, 39800).order_id


def is_given_a_membership(ctx: Context) -> str:
    return grant_membership(ctx, a_call(ADMINISTRATOR, "key-gift"), learner(1), VIP, "a gift").id


def claims(ctx: Context) -> str:
    return claim_course(ctx, a_call(MEMBER), RECOMMENDED).entitlement_id


@pytest.mark.parametrize("act", [orders, orders_with_a_coupon, joins, is_given_a_membership, claims])
def test_many_sends_under_one_key_are_one_act_and_one_answer(world: World, act: Callable[[Context], str]) -> None:
    """None is told what another has just done: neither of its order, nor of its look at the coupon."""
    coupon(world, 100)
    world.grant(MEMBER, "key-earlier-gift")
    ctx, _ = crowded(world)
    assert len(set(all_at_once([partial(act, ctx) for _ in range(24)], within_s=0.05))) == 1


@pytest.mark.parametrize("act", ["refund", "invoice"])
def test_many_sends_about_one_paid_order_are_one_act(world: World, act: str) -> None:
    order = place(world)
    pay(world, order)
    ctx, _ = crowded(world)
    buyer = Buyer(BuyerKind.PERSON, "张三")
    acts: dict[str, Callable[[], str]] = {
        "refund": lambda: ask_refund(ctx, a_call(), RefundDraft(order.order_id, None)).refund_id,
        "invoice": lambda: request_invoice(ctx, a_call(), InvoiceDraft(order.order_id, None, buyer)).invoice.invoice_id,
    }
    assert len(set(all_at_once([acts[act] for _ in range(24)], within_s=0.05))) == 1


def test_an_hours_orders_lie_in_several_partitions_and_are_read_as_one_list(world: World) -> None:
    """At 100 orders a second one partition would be asked for more than the 1,000 write units that it takes."""
    for number in range(200):
        world.clock.advance(10)
        order_courses(world.ctx, a_call(learner(number)), [ORDINARY], None, PRICE)
    shards = orders_of_hour(f"{world.clock.now():%Y%m%d%H}")
    sizes = Counter(key.pk for key in world.store.items if key.pk.startswith("ORDERS#"))
    assert sizes.keys() == set(shards)
    assert max(sizes.values()) < 200 / 2
    found = [order.order_id for order in orders_placed(world.store, Days(date(2026, 3, 2), date(2026, 3, 2)))]
    assert found == sorted(found)
    assert len(found) == 200


@pytest.mark.parametrize("completed", [False, True])
def test_all_lines_of_a_refund_decided_in_the_same_moment_do_not_meet(world: World, completed: bool) -> None:
    """An administrator takes a full order back; playback and credits answer each line, many at once, some twice."""
    lines = [a_line(number, CourseId(f"course-{number}"), number) for number in range(1, MAX_LINES + 1)]
    order = place(world, *lines)
    pay(world, order)
    refund = ask(world, order, reverse_hours=True)
    watches = ["watch-1"] if completed else []
    answers = [
        answer_to(
            world,
            "playback.entitlement_revocation_decided.v1",
            line,
            outcome="revoked",
            watch_id=watches[0] if watches else None,
            completed_watch_ids=watches,
        )
        for line in refund.lines
    ]
    reversals = [answer_to(world, "credits.watches_reversed.v1", line) for line in refund.lines] if completed else []
    ctx, store = crowded(world)
    twice = [*answers, *answers]
    assert set(all_at_once([outcome(partial(record_decision, ctx, event)) for event in twice], 0.02)) == {"done"}
    if completed:
        assert set(all_at_once([outcome(partial(record_reversal, ctx, event)) for event in reversals], 0.02)) == {
            "done"
        }
    done = read_refund(ctx, refund.refund_id).value
    assert (done.status, done.amount_fen) == (RefundStatus.DUE, order.amount_fen)
    assert [event.type for event in store.outbox].count("orders.refund_due.v1") == 1
