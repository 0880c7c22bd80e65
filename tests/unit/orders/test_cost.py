"""What each call asks of the store, as the README says."""

from collections.abc import Callable
from math import ceil
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.kit.store import Change, Put
from services.kit.store.codec import encode
from services.orders.app.context import PayingContext
from services.orders.app.courses.read_state import read_state
from services.orders.app.entitlements.list_entitlements import list_entitlements
from services.orders.app.memberships.read_membership import read_membership
from services.orders.app.ordering.cart import add_to_cart, show_cart
from services.orders.app.ordering.place_order import order_courses, order_membership
from services.orders.app.ordering.quote import quote_courses
from services.orders.app.payments.pay_within_wechat import ask_payer, start_within_wechat
from services.orders.domain.ids import CourseId
from services.orders.domain.order import Order
from tests.fakes.store import MemoryStore
from tests.unit.orders.shop import place
from tests.unit.orders.till import NOTIFY_URL, wechat_world
from tests.unit.orders.world import MEMBER, ORDINARY, OTHER_KEY, RECOMMENDED, VIP, World, a_call

BODY = 800
"""Bytes of an item's body for each unit: its keys and what else stands beside it have the rest of a KiB."""


@pytest.fixture
def meter(member_world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Reads, and write units, from now on."""
    used = [0, 0]
    for name in ("get", "query", "page"):
        monkeypatch.setattr(member_world.store, name, _counted(getattr(member_world.store, name), used))

    def commit(change: Change) -> None:
        items = [w.value if isinstance(w, Put) else "" for w in change.writes] + list(change.events)
        factor = 1 if len(items) == 1 else 2
        used[1] += factor * sum(ceil(len(encode(item)) / BODY) for item in items)
        MemoryStore.commit(member_world.store, change)

    monkeypatch.setattr(member_world.store, "commit", commit)
    return used


def _counted(call: Callable[..., Any], used: list[int]) -> Callable[..., Any]:
    def counted(*arguments: Any) -> Any:
        used[0] += 1
        return call(*arguments)

    return counted


def order(world: World, *course_ids: CourseId) -> Order:
    """An order at a member's prices."""
    return order_courses(world.ctx, a_call(MEMBER, OTHER_KEY), course_ids, None, 8910 * len(course_ids))


@pytest.mark.parametrize(
    ("call", "reads", "write_units"),
    [
        (lambda world: world.claim(), 4, 10),
        (lambda world: world.grant(key=OTHER_KEY), 2, 8),
        (lambda world: read_membership(world.ctx, MEMBER), 1, 0),
        (lambda world: read_state(world.ctx, MEMBER, RECOMMENDED), 5, 0),
        (lambda world: list_entitlements(world.ctx, MEMBER).items, 1, 0),
        (lambda world: quote_courses(world.ctx, MEMBER, [ORDINARY], None), 4, 0),
        (lambda world: order(world, ORDINARY), 7, 12),
        (lambda world: order(world, ORDINARY, RECOMMENDED), 10, 16),
        (lambda world: order_membership(world.ctx, a_call(MEMBER, OTHER_KEY), VIP, 39800), 5, 8),
        (lambda world: show_cart(world.ctx, MEMBER), 2, 0),
        (lambda world: add_to_cart(world.ctx, a_call(MEMBER), ORDINARY), 10, 1),
        (lambda world: world.publish(RECOMMENDED, 2, recommended=True), 2, 4),
        (lambda world: world.publish(RECOMMENDED, 0, recommended=True), 2, 1),
    ],
    ids=[
        "claim",
        "grant",
        "membership",
        "state",
        "entitlements",
        "quote",
        "order",
        "order of two",
        "membership order",
        "empty cart",
        "into the cart",
        "newer publication",
        "older publication",
    ],
)
def test_cost(
    member_world: World, meter: list[int], call: Callable[[World], Any], reads: int, write_units: int
) -> None:
    call(member_world)
    assert meter == [reads, write_units]


def test_a_repeated_claim_writes_nothing(member_world: World, meter: list[int]) -> None:
    member_world.claim()
    meter[:] = [0, 0]
    member_world.claim()
    assert meter == [1, 0]


def test_paying_within_wechat(member_world: World, meter: list[int]) -> None:
    order = place(member_world)
    with wechat_world(member_world.clock) as wechat:
        ctx = PayingContext(**vars(member_world.ctx), provider=lambda _: wechat.provider, payers=lambda: wechat.payers)
        for earlier in (0, 1):
            meter[:] = [0, 0]
            page = ask_payer(ctx, a_call(MEMBER), order.order_id, "https://here/")
            assert meter == [1, 1]
            state, meter[:] = parse_qs(urlsplit(page).query)["state"][0], [0, 0]
            answer = (state, wechat.code("somebody"))
            start_within_wechat(ctx, a_call(MEMBER), order.order_id, *answer, NOTIFY_URL, "203.0.113.7")
            assert meter == [7 + earlier, 8]
