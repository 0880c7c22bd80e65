"""Buying over HTTP: cart, quotes and orders, called as the gateway calls them."""

from typing import Any

import pytest

from services.kit.http import HttpApi
from services.orders.handlers.http import build_api
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.orders.shop import place
from tests.unit.orders.world import KEY, MEMBER, ORDINARY, RECOMMENDED, World

CART = "/v1/orders/cart"


@pytest.fixture
def api(world: World) -> HttpApi:
    """The API on the world."""
    return build_api(world.context, origin_secret)


def call(api: HttpApi, method: str, path: str, body: Any = None, *, learner_id: str = MEMBER, key: str = KEY) -> Answer:
    """The answer to a learner's request."""
    return send(api, request(method, path, body, who=claims(learner_id, "learner"), idempotency_key=key))


def test_the_cart_over_http(world: World, api: HttpApi) -> None:
    assert call(api, "GET", CART).body == {"version": 0, "lines": [], "selected": 0, "total_fen": 0}
    call(api, "PUT", f"{CART}/courses/{ORDINARY}")
    order = place(world)
    cart = call(api, "PUT", f"{CART}/courses/{RECOMMENDED}").body
    world.publish(RECOMMENDED, 2, price_fen=10000)
    blocked, line = call(api, "GET", CART).body["lines"]
    assert (blocked["obstacle"], blocked["order_id"]) == ("ORDER_PENDING", order.order_id)
    assert line == {
        "course_id": RECOMMENDED,
        "title": "家族信托",
        "selected": True,
        "list_fen": 10000,
        "price_fen": 10000,
        "price_reason": "list",
        "price_change_fen": 100,
        "obstacle": None,
        "order_id": None,
    }
    selection = {"version": cart["version"], "course_ids": [ORDINARY]}
    assert call(api, "PUT", f"{CART}/selection", selection).body["selected"] == 0
    assert call(api, "PUT", f"{CART}/selection", {"version": 0, "course_ids": [RECOMMENDED]}).code == "CART_CHANGED"
    assert call(api, "DELETE", f"{CART}/courses/{ORDINARY}").body["lines"][0]["course_id"] == RECOMMENDED


def test_the_state_tells_who_is_no_member_what_a_membership_would_bring(world: World, api: HttpApi) -> None:
    world.publish(RECOMMENDED, 2, recommended=True, member_price_fen=6900, member_library=True)
    found = call(api, "GET", f"/v1/orders/courses/{RECOMMENDED}/state").body
    assert (found["own_price_fen"], found["price_reason"], found["reason"]) == (9900, "list", "MEMBERSHIP_REQUIRED")
    assert found["plans"][1] == {
        "plan": "vip",
        "title": "VIP会员",
        "title_en": "VIP membership",
        "plan_price_fen": 39800,
        "course_price_fen": 6900,
        "claimable": True,
        "in_library": True,
    }
    world.grant()
    member = call(api, "GET", f"/v1/orders/courses/{RECOMMENDED}/state").body
    assert (member["own_price_fen"], member["price_reason"], member["plans"]) == (6900, "member", [])
    assert (member["state"], member["watchable"]) == ("claimable", True)


@pytest.mark.parametrize(
    "body",
    [
        {"version": 0},
        {"version": -1, "course_ids": []},
        {"version": True, "course_ids": []},
        {"version": 0, "course_ids": ["UPPER"]},
        {"version": 0, "course_ids": [f"course-{number}" for number in range(21)]},
        {"version": 0, "course_ids": [], "learner_id": "somebody-else"},
        {"version": 0, "course_ids": [], "price_fen": 1},
    ],
)
def test_bad_selections(world: World, api: HttpApi, body: dict[str, Any]) -> None:
    before = world.store.snapshot()
    assert call(api, "PUT", f"{CART}/selection", body).code == "INVALID_REQUEST"
    assert world.store.snapshot() == before
