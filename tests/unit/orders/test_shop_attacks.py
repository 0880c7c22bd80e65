"""What somebody tries who wants to pay less or see others' orders: over the handlers, with nothing gained or stored."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from docs.generate import functions
from services.kit.http import HttpApi, described
from services.kit.problems import Problem
from services.kit.store import Conflict
from services.orders.app.context import PayingContext
from services.orders.app.coupons.manage_coupons import create_coupon, read_coupon
from services.orders.app.entitlements.list_entitlements import list_entitlements
from services.orders.app.ordering.place_order import order_courses
from services.orders.domain.coupon import MAX_WRONG_CODES, Coupon
from services.orders.domain.ids import CouponCode, LearnerId, OrderId
from services.orders.handlers import http, pay
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.security.bad_bodies import example
from tests.security.operations import Operation, operations
from tests.unit.orders.shop import place
from tests.unit.orders.world import (
    ADMINISTRATOR,
    MEMBER,
    NOON_IN_SHANGHAI,
    ORDINARY,
    RECOMMENDED,
    VISITOR,
    World,
    a_call,
)

NOBODYS = "20260302040000" + "f" * 18
CART, QUOTES, ORDERS = "/v1/orders/cart", "/v1/orders/quotes", "/v1/orders/orders"
PRICE = 9900
PARALLEL = 8


@pytest.fixture
def api(world: World) -> HttpApi:
    """Buying."""
    return http.build_api(world.ctx, origin_secret)


@pytest.fixture
def paying(world: World) -> HttpApi:
    """Paying."""
    return pay.build_api(
        PayingContext(**vars(world.ctx), provider=lambda _: None, payers=lambda: None),
        lambda: "http://localhost",
        origin_secret,
    )


@pytest.fixture
def coupon(world: World) -> str:
    """Half off, for two orders, one of each learner."""
    until = NOON_IN_SHANGHAI + timedelta(days=1)
    draft = Coupon(CouponCode(""), "半价", None, 50, NOON_IN_SHANGHAI, until, total_limit=2, learner_limit=1)
    return create_coupon(world.ctx, a_call(ADMINISTRATOR, "key-of-coupon-0001"), draft, "a campaign").coupon.code


def keys() -> Iterator[str]:
    """A new one for each action."""
    return (f"key-of-action-{number:06}" for number in range(10**6))


KEYS = keys()


def call(
    api: HttpApi, method: str, path: str, body: Any = None, *, learner_id: LearnerId = MEMBER, key: str = ""
) -> Answer:
    """A learner's request."""
    who = claims(learner_id, "learner")
    return send(api, request(method, path, body, who=who, idempotency_key=key or next(KEYS)))


def order(api: HttpApi, *, learner_id: LearnerId = MEMBER, key: str = "", **changed: Any) -> Answer:
    """An order of one course at its price, with changes."""
    body = {"course_ids": [ORDINARY], "expected_fen": PRICE} | changed
    return call(api, "POST", ORDERS, body, learner_id=learner_id, key=key)


@pytest.mark.parametrize("expected", [0, 1, PRICE - 1, PRICE + 1, 10**9])
def test_price_tampering(world: World, api: HttpApi, expected: int) -> None:
    before = world.store.snapshot()
    refused = order(api, expected_fen=expected)
    assert (refused.code, refused.body["amount_fen"]) == ("PRICE_CHANGED", PRICE)
    assert world.store.snapshot() == before


def test_price_of_the_cart_tampering(world: World, api: HttpApi) -> None:
    """What the cart remembers is only shown: an order is priced anew."""
    call(api, "PUT", f"{CART}/courses/{ORDINARY}")
    world.publish(ORDINARY, 2, price_fen=20000)
    assert order(api).code == "PRICE_CHANGED"
    assert order(api, expected_fen=20000).body["lines"][0]["due_fen"] == 20000


@pytest.mark.parametrize("quantity", [[{"course_id": ORDINARY, "quantity": -1}], {ORDINARY: 0}, [ORDINARY, -1]])
def test_quantity_tampering(world: World, api: HttpApi, quantity: Any) -> None:
    before = world.store.snapshot()
    assert order(api, course_ids=quantity).code == "INVALID_REQUEST"
    assert world.store.snapshot() == before


def test_a_course_named_many_times_is_one_line_and_gives_one_entitlement(api: HttpApi) -> None:
    placed = order(api, course_ids=[ORDINARY] * 20)
    assert [line["item_id"] for line in placed.body["lines"]] == [ORDINARY]


BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", ORDERS): {"course_ids": [ORDINARY], "expected_fen": PRICE},
    ("POST", QUOTES): {"course_ids": [ORDINARY]},
    ("POST", "/v1/orders/membership-orders"): {"plan": "vip", "expected_fen": 39800},
    ("POST", "/v1/orders/claims"): {"course_id": RECOMMENDED},
    ("PUT", f"{CART}/selection"): {"version": 0, "course_ids": []},
}
EXTRA: dict[str, Any] = {
    "learner_id": VISITOR,
    "order_id": "20260302040000" + "0" * 18,
    "state": "paid",
    "paid_at": "2026-03-02T04:00:00Z",
    "price_fen": 1,
    "amount_fen": 0,
    "discount_fen": PRICE,
    "lines": [{"item_id": ORDINARY, "price_fen": 1}],
    "basis": "claim",
    "roles": ["administrator"],
    "quantity": -1,
    "__proto__": {"expected_fen": 0},
}


@pytest.mark.parametrize(("method", "path"), BODIES)
@pytest.mark.parametrize("name", EXTRA)
def test_mass_assignment(world: World, api: HttpApi, method: str, path: str, name: str) -> None:
    before = world.store.snapshot()
    answer = call(api, method, path, BODIES[method, path] | {name: EXTRA[name]})
    assert answer.code == "INVALID_REQUEST"
    assert answer.body["errors"][0]["pointer"] == f"/{name}"
    assert world.store.snapshot() == before


def test_coupon_race(world: World, coupon: str) -> None:
    """Many learners at once: as many orders as the coupon's limit get it, the others none."""

    def attempt(number: int) -> str:
        call = a_call(LearnerId(f"learner-{number}"), f"key-of-learner-{number:06}")
        while True:
            try:
                order_courses(world.ctx, call, [ORDINARY], coupon, PRICE // 2)
            except Conflict:
                continue
            except Problem as refused:
                return refused.type.code
            else:
                return ""

    with ThreadPoolExecutor(PARALLEL) as pool:
        answers = list(pool.map(attempt, range(12)))
    assert sorted(answers) == ["", ""] + ["COUPON_USED_UP"] * 10
    assert read_coupon(world.ctx, CouponCode(coupon)).usage.taken == 2


def test_coupon_used_again_by_giving_the_order_up_after_it_was_paid(world: World, api: HttpApi, coupon: str) -> None:
    world.publish(ORDINARY, 2, price_fen=0)
    placed = order(api, coupon_code=coupon, expected_fen=0)
    assert placed.body["state"] == "paid"
    assert call(api, "PUT", f"{ORDERS}/{placed.body['order_id']}/cancellation").code == "ORDER_NOT_CANCELLABLE"
    assert order(api, course_ids=[RECOMMENDED], coupon_code=coupon, expected_fen=PRICE // 2).code == "COUPON_USED_UP"


def test_coupon_stacking(api: HttpApi, coupon: str) -> None:
    for codes in ([coupon, coupon], {"code": coupon}):
        assert order(api, coupon_code=codes, expected_fen=PRICE // 4).code == "INVALID_REQUEST"
    assert order(api, coupon_code=f"{coupon},{coupon}", expected_fen=PRICE // 4).code == "COUPON_NOT_FOUND"


def test_coupon_brute_force(world: World, api: HttpApi, coupon: str) -> None:
    def guess(number: int, path: str = QUOTES, learner_id: LearnerId = MEMBER) -> str:
        body: dict[str, Any] = {"course_ids": [ORDINARY], "coupon_code": f"GUESS{number:07}"}
        body |= {"expected_fen": PRICE} if path == ORDERS else {}
        return call(api, "POST", path, body, learner_id=learner_id).code

    told = [guess(number, [QUOTES, ORDERS][number % 2]) for number in range(80)]
    assert told.count("COUPON_NOT_FOUND") <= MAX_WRONG_CODES
    right = call(api, "POST", QUOTES, {"course_ids": [ORDINARY], "coupon_code": coupon})
    assert (right.status, right.code) == (429, "TOO_MANY_COUPON_CODES")
    assert guess(0, learner_id=VISITOR) == "COUPON_NOT_FOUND"


def test_granting_oneself_a_membership_or_a_coupon(world: World, api: HttpApi) -> None:
    before = world.store.snapshot()
    coupon = {"title": "x", "off_percent": 100, "total_limit": 1, "learner_limit": 1, "course_ids": [], "reason": "x"}
    coupon |= {"valid_from": "2026-01-01T00:00:00Z", "valid_until": "2027-01-01T00:00:00Z"}
    grants = f"/v1/orders/learners/{MEMBER}/memberships"
    assert call(api, "POST", grants, {"plan": "vip", "reason": "mine"}).code == "WRONG_ROLE"
    assert call(api, "POST", "/v1/orders/coupons", coupon).code == "WRONG_ROLE"
    assert world.store.snapshot() == before


def test_other_learners_order_on_every_route(world: World, api: HttpApi, paying: HttpApi) -> None:
    mine = place(world)
    before = world.store.snapshot()
    apis = {"http": api, "pay": paying}
    known = [route for route in operations() if route.service == "orders" and "learner" in route.roles]
    routes = [route for route in known if "order_id" in route.parameters and _function(route) in apis]
    assert {route.template.rsplit("/", 1)[-1] for route in routes} >= {"{order_id}", "cancellation", "{method}"}
    for route in routes:
        answers = [
            _of_another(apis[_function(route)], route, OrderId(order_id)) for order_id in (mine.order_id, NOBODYS)
        ]
        # Whether it is somebody else's or nobody's, nobody is told.
        assert len({(answer.status, answer.code) for answer in answers}) == 1, route
        assert route.schema or answers[0].status in (404, 409), route
        assert mine.order_id not in str(answers[0].body)
    assert call(api, "GET", ORDERS, learner_id=VISITOR).body["orders"] == []
    assert call(api, "GET", f"{ORDERS}?after={mine.order_id}", learner_id=VISITOR).body["orders"] == []
    assert world.store.snapshot() == before
    assert list_entitlements(world.ctx, VISITOR).items == []


def _function(route: Operation) -> str:
    """Which function answers it."""
    return str(described(functions("orders"))["paths"][route.template][route.method.lower()]["x-function"])


def _of_another(api: HttpApi, route: Operation, order_id: OrderId) -> Answer:
    """A visitor asks."""
    body = example(route.schema) if route.schema else None
    return call(api, route.method, route.path_with(order_id=order_id), body, learner_id=VISITOR)
