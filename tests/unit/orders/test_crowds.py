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
from services.orders.app.ordering.items import orders_of_hour
from services.orders.app.ordering.place_order import order_courses
from services.orders.app.ordering.read_orders import orders_placed
from services.orders.domain.coupon import Coupon
from services.orders.domain.ids import CouponCode, LearnerId
from services.orders.domain.order import PAYMENT_TIME, Order
from tests.crowd import CrowdedStore, all_at_once
from tests.unit.orders.world import ADMINISTRATOR, NOON_IN_SHANGHAI, ORDINARY, RECOMMENDED, World, a_call

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


def test_twelve_sends_of_one_order_under_one_key_are_one_order(world: World) -> None:
    ctx, _ = crowded(world)
    orders: list[Order] = all_at_once(
        [lambda: order_courses(ctx, a_call(learner(1)), [ORDINARY], None, PRICE) for _ in range(12)], within_s=0.1
    )
    assert len({order.order_id for order in orders}) == 1


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
