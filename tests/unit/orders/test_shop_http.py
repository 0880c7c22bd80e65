"""Buying over HTTP: cart, quotes and orders, called as the gateway calls them."""

from typing import Any

import pytest

from services.kit.http import HttpApi
from services.orders.domain.ids import LearnerId
from services.orders.handlers.http import build_api
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.orders.shop import pay, place, reread
from tests.unit.orders.test_http import COUPON
from tests.unit.orders.world import ADMINISTRATOR, KEY, MEMBER, ORDINARY, RECOMMENDED, World

CART = "/v1/orders/cart"
HALF_AN_HOUR = 30 * 60_000


@pytest.fixture
def api(world: World) -> HttpApi:
    """The API on the world."""
    return build_api(world.ctx, origin_secret)


def call(
    api: HttpApi, method: str, path: str, body: Any = None, *, learner_id: LearnerId = MEMBER, key: str = KEY
) -> Answer:
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
        "title_en": "Family trusts",
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


def test_the_state_names_the_order_until_it_is_paid_and_then_the_entitlement(world: World, api: HttpApi) -> None:
    order = place(world)
    state = f"/v1/orders/courses/{ORDINARY}/state"
    waiting = call(api, "GET", state).body
    assert (waiting["state"], waiting["order_id"]) == ("in_pending_order", order.order_id)
    assert (waiting["entitlement_id"], waiting["basis"], waiting["watchable"]) == (None, None, False)
    pay(world, order)
    owned = call(api, "GET", state).body
    assert (owned["state"], owned["order_id"]) == ("owned", None)
    assert (owned["entitlement_id"], owned["basis"]) == (reread(world, order).lines[0].grant_id, "purchase")


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


QUOTES, ORDERS = "/v1/orders/quotes", "/v1/orders/orders"


def test_from_the_quote_to_the_order_and_its_end(world: World, api: HttpApi) -> None:
    quote = call(api, "POST", QUOTES, {"course_ids": [ORDINARY, RECOMMENDED]})
    line = {
        "number": 1,
        "goods": "course",
        "item_id": ORDINARY,
        "title": "家族信托",
        "title_en": "Family trusts",
        "list_fen": 9900,
        "price_fen": 9900,
        "price_reason": "list",
        "discount_fen": 0,
        "due_fen": 9900,
    }
    assert (quote.status, quote.body["lines"][0]) == (200, line)
    body = {"course_ids": [ORDINARY, RECOMMENDED], "expected_fen": quote.body["amount_fen"]}
    placed = call(api, "POST", ORDERS, body)
    assert placed.status == 201
    assert placed.body | {"order_id": "?", "lines": []} == {
        "order_id": "?",
        "state": "open",
        "lines": [],
        "coupon_code": None,
        "discount_fen": 0,
        "amount_fen": 19800,
        "refunded_fen": 0,
        "placed_at": "2026-03-02T04:00:00Z",
        "expires_at": "2026-03-02T04:30:00Z",
        "closed_at": None,
        "paid_at": None,
    }
    assert placed.body["lines"][0] == {**line, "state": "ordered"}
    assert call(api, "POST", ORDERS, body).body == placed.body
    own = f"{ORDERS}/{placed.body['order_id']}"
    assert call(api, "GET", own).body == placed.body
    assert call(api, "GET", ORDERS).body == {"orders": [placed.body], "after": None}
    assert call(api, "GET", f"{ORDERS}?limit=1").body["after"] is None
    assert call(api, "GET", f"{ORDERS}?limit=1&after={placed.body['order_id']}").body == {"orders": [], "after": None}
    assert call(api, "PUT", f"{own}/cancellation").body["state"] == "cancelled"


def test_an_expired_order_says_so_though_nobody_wrote_it_down(world: World, api: HttpApi) -> None:
    order = place(world)
    world.clock.advance(HALF_AN_HOUR)
    found = call(api, "GET", f"{ORDERS}/{order.order_id}").body
    assert (found["state"], found["closed_at"]) == ("expired", None)
    assert call(api, "PUT", f"{ORDERS}/{order.order_id}/cancellation").code == "ORDER_NOT_CANCELLABLE"


def test_a_membership_over_http(world: World, api: HttpApi) -> None:
    plans = send(api, request("GET", "/v1/orders/plans"))
    assert (plans.status, [plan["id"] for plan in plans.body["plans"]]) == (200, ["vip-quarter", "vip"])
    assert plans.body["plans"][1] == {
        "id": "vip",
        "title": "VIP会员",
        "title_en": "VIP membership",
        "member_recommended_claims": True,
        "quota_hours": "25",
        "opens_library": True,
        "member_discount_percent": 10,
        "length_months": 12,
        "price_fen": 39800,
    }
    body = {"plan": "vip", "expected_fen": 39800}
    placed = call(api, "POST", "/v1/orders/membership-orders", body)
    assert (placed.status, placed.body["lines"][0]["goods"]) == (201, "membership")
    assert call(api, "POST", "/v1/orders/membership-orders", body).body == placed.body


@pytest.mark.parametrize(
    "change",
    [
        {"course_ids": []},
        {"course_ids": None},
        {"course_ids": [7]},
        {"course_ids": {ORDINARY: 2}},
        {"course_ids": [{"course_id": ORDINARY, "quantity": -1}]},
        {"course_ids": [f"course-{number}" for number in range(21)]},
        {"coupon_code": 7777},
        {"expected_fen": None},
        {"expected_fen": -1},
        {"expected_fen": "9900"},
        {"expected_fen": 9900.0},
        {"expected_fen": True},
        {"expected_fen": 10**30},
    ],
)
def test_bad_orders(world: World, api: HttpApi, change: dict[str, Any]) -> None:
    before = world.store.snapshot()
    answer = call(api, "POST", ORDERS, {"course_ids": [ORDINARY], "expected_fen": 9900} | change)
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")
    assert world.store.snapshot() == before


@pytest.mark.parametrize("query", ["limit=0", "limit=21", "limit=x", "after=1", "after=%00"])
def test_bad_pages(api: HttpApi, query: str) -> None:
    assert call(api, "GET", f"{ORDERS}?{query}").code == "INVALID_REQUEST"


COUPONS = "/v1/orders/coupons"


def test_coupons_over_http(world: World, api: HttpApi) -> None:
    def staff(method: str, path: str, body: Any = None) -> Answer:
        who = claims(ADMINISTRATOR.id, "finance")
        return send(api, request(method, path, body, who=who, idempotency_key=KEY))

    made = staff("POST", COUPONS, COUPON)
    code = made.body["code"]
    assert (made.status, made.body) == (
        201,
        {
            "code": code,
            "title": "开学季",
            "off_fen": None,
            "off_percent": 10,
            "valid_from": "2026-02-28T16:00:00Z",
            "valid_until": "2026-03-31T16:00:00Z",
            "total_limit": 100,
            "learner_limit": 1,
            "course_ids": [],
            "withdrawn": False,
            "reserved": 0,
            "confirmed": 0,
        },
    )
    quote = call(api, "POST", QUOTES, {"course_ids": [ORDINARY], "coupon_code": code}).body
    assert (quote["coupon_code"], quote["discount_fen"], quote["amount_fen"]) == (code, 990, 8910)
    call(api, "POST", ORDERS, {"course_ids": [ORDINARY], "coupon_code": code, "expected_fen": 8910})
    assert staff("GET", f"{COUPONS}/{code}").body == made.body | {"reserved": 1}
    assert staff("GET", COUPONS).body == {"coupons": [made.body | {"reserved": 1}], "after": None}
    assert staff("GET", f"{COUPONS}?limit=1").body["after"] is None
    assert staff("PUT", f"{COUPONS}/{code}/withdrawal", {"reason": "over"}).body["withdrawn"]


@pytest.mark.parametrize(
    "change",
    [
        {"off_percent": None},
        {"off_percent": 0},
        {"off_percent": 101},
        {"off_fen": 100},
        {"off_percent": None, "off_fen": -1},
        {"valid_from": 0},
        {"valid_from": "1767225600"},
        {"valid_from": "2026-03-01T00:00:00"},
        {"valid_from": "0001-01-01T00:00:00+08:00"},
        {"valid_until": "9999-12-31T23:59:59-08:00"},
        {"total_limit": 0},
        {"learner_limit": "1"},
        {"course_ids": ["UPPER"]},
        {"code": "字字字字"},
        {"reason": " "},
        {"confirmed": 0},
        {"withdrawn": False},
    ],
)
def test_bad_coupons(world: World, api: HttpApi, change: dict[str, Any]) -> None:
    before = world.store.snapshot()
    who = claims(ADMINISTRATOR.id, "administrator")
    answer = send(api, request("POST", COUPONS, COUPON | change, who=who, idempotency_key=KEY))
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")
    assert world.store.snapshot() == before


def test_a_coupon_ends_after_it_begins(world: World, api: HttpApi) -> None:
    before = world.store.snapshot()
    who = claims(ADMINISTRATOR.id, "administrator")
    sent = COUPON | {"valid_until": COUPON["valid_from"]}
    answer = send(api, request("POST", COUPONS, sent, who=who, idempotency_key=KEY))
    assert (answer.status, answer.code) == (422, "COUPON_NEVER_VALID")
    assert world.store.snapshot() == before


STANDINGS = "/v1/orders/standings?courses="


def test_standings_say_what_each_course_says_of_itself(world: World, api: HttpApi) -> None:
    order = place(world)
    call(api, "PUT", f"{CART}/courses/{RECOMMENDED}")
    for granted in (False, True):
        if granted:
            world.grant()
            world.publish(RECOMMENDED, 3, recommended=True, member_price_fen=6900, member_library=True)
        found = call(api, "GET", f"{STANDINGS}{RECOMMENDED},unheard-of,{ORDINARY},{RECOMMENDED}").body["courses"]
        assert [one["course_id"] for one in found] == [RECOMMENDED, ORDINARY]
        for one in found:
            alone = call(api, "GET", f"/v1/orders/courses/{one['course_id']}/state").body
            del one["in_library"]
            assert one == {name: alone[name] for name in one}
    pay(world, order)
    (owned,) = call(api, "GET", STANDINGS + ORDINARY).body["courses"]
    assert (owned["state"], owned["basis"], owned["watchable"]) == ("owned", "purchase", True)
    (of_another,) = call(api, "GET", STANDINGS + ORDINARY, learner_id=LearnerId("somebody-else")).body["courses"]
    assert (of_another["state"], of_another["watchable"]) == ("not_owned", False)


@pytest.mark.parametrize("courses", ["", ",", "a,,b", "UPPER", "a/b", ",".join(f"c{n}" for n in range(51))])
def test_bad_lists_of_courses(api: HttpApi, courses: str) -> None:
    assert call(api, "GET", STANDINGS + courses).code == "INVALID_REQUEST"


@pytest.mark.parametrize("role", ["support", "administrator"])
def test_staff_who_help_see_what_a_learner_owns(world: World, api: HttpApi, role: str) -> None:
    order = place(world)
    pay(world, order)
    staff, base = claims("staff-1", role), f"/v1/orders/learners/{MEMBER}"

    def seen(what: str) -> Any:
        answer = send(api, request("GET", f"{base}/{what}", who=staff))
        assert answer.status == 200, answer.body
        return answer.body

    assert [one["order_id"] for one in seen("orders")["orders"]] == [order.order_id]
    assert [one["course_id"] for one in seen("entitlements")["entitlements"]] == [ORDINARY]
    assert seen("membership") == call(api, "GET", "/v1/orders/membership").body


@pytest.mark.parametrize("role", ["learner", "finance", "reviewer", "editor", "auditor"])
@pytest.mark.parametrize("what", ["orders", "entitlements", "membership"])
def test_nobody_else_sees_what_a_learner_owns(api: HttpApi, role: str, what: str) -> None:
    path = f"/v1/orders/learners/{MEMBER}/{what}"
    assert send(api, request("GET", path, who=claims("somebody", role))).code == "WRONG_ROLE"
