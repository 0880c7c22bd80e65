"""The routes of orders, called as the gateway calls them."""

from typing import Any

import pytest

from docs.generate import functions
from services.kit.http import MAX_BODY_BYTES, HttpApi, described
from services.kit.store import Change, Conflict
from services.orders.app.memberships.items import membership_key
from services.orders.domain.membership import Membership
from services.orders.handlers.http import build_api
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.orders.world import ADMINISTRATOR, KEY, MEMBER, ORDINARY, OTHER_KEY, RECOMMENDED, VISITOR, World

LEARNER = claims(MEMBER, "learner")
STAFF = claims(ADMINISTRATOR.id, "administrator")
CLAIMS = "/v1/orders/claims"
GRANTS = f"/v1/orders/learners/{MEMBER}/memberships"
ORDER = "20260302040000000000000000000000"
CODE = "0123456789AB"
COUPON = {
    "title": "开学季",
    "off_percent": 10,
    "valid_from": "2026-03-01T00:00:00+08:00",
    "valid_until": "2026-04-01T00:00:00+08:00",
    "total_limit": 100,
    "learner_limit": 1,
    "course_ids": [],
    "reason": "a campaign",
}
GRANT = {"plan": "vip", "reason": "a gift"}

ROUTES = [
    ("GET", "/v1/orders/membership", None, "learner"),
    ("POST", GRANTS, GRANT, "administrator"),
    ("GET", f"/v1/orders/courses/{RECOMMENDED}/state", None, "learner"),
    ("POST", CLAIMS, {"course_id": RECOMMENDED}, "learner"),
    ("GET", f"/v1/orders/standings?courses={RECOMMENDED}", None, "learner"),
    ("GET", "/v1/orders/entitlements", None, "learner"),
    ("GET", "/v1/orders/cart", None, "learner"),
    ("PUT", f"/v1/orders/cart/courses/{ORDINARY}", None, "learner"),
    ("DELETE", f"/v1/orders/cart/courses/{ORDINARY}", None, "learner"),
    ("PUT", "/v1/orders/cart/selection", {"version": 0, "course_ids": []}, "learner"),
    ("POST", "/v1/orders/membership-orders", {"plan": "vip", "expected_fen": 39800}, "learner"),
    ("POST", "/v1/orders/quotes", {"course_ids": [ORDINARY]}, "learner"),
    ("POST", "/v1/orders/orders", {"course_ids": [ORDINARY], "expected_fen": 8910}, "learner"),
    ("GET", "/v1/orders/orders", None, "learner"),
    ("GET", f"/v1/orders/orders/{ORDER}", None, "learner"),
    ("PUT", f"/v1/orders/orders/{ORDER}/cancellation", None, "learner"),
    ("GET", "/v1/orders/coupons", None, "administrator finance"),
    ("POST", "/v1/orders/coupons", COUPON, "administrator finance"),
    ("GET", f"/v1/orders/coupons/{CODE}", None, "administrator finance"),
    ("PUT", f"/v1/orders/coupons/{CODE}/withdrawal", {"reason": "over"}, "administrator finance"),
    ("GET", "/v1/orders/personal-data", None, "learner"),
    ("POST", f"/v1/orders/learners/{MEMBER}/personal-data", {"reason": "asked by mail"}, "administrator"),
    ("GET", f"/v1/orders/learners/{MEMBER}/entitlements", None, "administrator support"),
    ("GET", f"/v1/orders/learners/{MEMBER}/membership", None, "administrator support"),
    ("GET", f"/v1/orders/learners/{MEMBER}/orders", None, "administrator support"),
]
ROLES = {"learner", "editor", "reviewer", "finance", "auditor", "administrator"}


@pytest.fixture
def api(member_world: World) -> HttpApi:
    """The API on the world."""
    return build_api(member_world.ctx, origin_secret)


def call(
    api: HttpApi, method: str, path: str, body: Any = None, who: dict[str, str] = LEARNER, key: str = KEY
) -> Answer:
    """The answer to a request of somebody signed in."""
    return send(api, request(method, path, body, who=who, idempotency_key=key))


def test_the_path_of_a_member(api: HttpApi) -> None:
    state = call(api, "GET", f"/v1/orders/courses/{RECOMMENDED}/state")
    assert (state.status, state.body) == (
        200,
        {
            "course_id": RECOMMENDED,
            "state": "claimable",
            "reason": None,
            "basis": None,
            "entitlement_id": None,
            "watchable": False,
            "in_cart": False,
            "order_id": None,
            "buying_obstacle": None,
            "price_fen": 9900,
            "own_price_fen": 8910,
            "price_reason": "member",
            "plans": [],
        },
    )
    claimed = call(api, "POST", CLAIMS, {"course_id": RECOMMENDED})
    assert claimed.status == 201
    assert claimed.body | {"entitlement_id": "?"} == {
        "entitlement_id": "?",
        "course_id": RECOMMENDED,
        "basis": "claim",
        "counts_against_member_quota": False,
        "granted_at": "2026-03-02T04:00:00Z",
        "valid_until": None,
    }
    assert call(api, "POST", CLAIMS, {"course_id": RECOMMENDED}).body == claimed.body
    assert call(api, "POST", CLAIMS, {"course_id": RECOMMENDED}, key=OTHER_KEY).code == "ALREADY_CLAIMED"
    assert call(api, "GET", "/v1/orders/entitlements").body == {"entitlements": [claimed.body], "after": None}
    owned = call(api, "GET", f"/v1/orders/courses/{RECOMMENDED}/state").body
    assert (owned["state"], owned["basis"]) == ("owned", "claim")
    assert owned["entitlement_id"] == claimed.body["entitlement_id"]


def test_membership(api: HttpApi) -> None:
    assert call(api, "GET", "/v1/orders/membership", who=claims(VISITOR, "learner")).body == {
        "active": False,
        "plan": None,
        "valid_until": None,
        "periods": [],
    }
    granted = call(api, "POST", GRANTS, GRANT, STAFF, OTHER_KEY)
    assert (granted.status, granted.body) == (
        201,
        {
            "learner_id": MEMBER,
            "plan": "vip",
            "valid_from": "2027-03-02T04:00:00Z",
            "valid_until": "2028-03-02T04:00:00Z",
        },
    )
    found = call(api, "GET", "/v1/orders/membership").body
    assert (found["active"], found["valid_until"], len(found["periods"])) == (True, "2028-03-02T04:00:00Z", 2)
    assert (found["plan"]["id"], found["plan"]["quota_hours"]) == ("vip", "25")


def test_a_period_that_was_taken_back_is_not_among_the_membership(api: HttpApi, member_world: World) -> None:
    stored = member_world.store.get(membership_key(MEMBER), Membership)
    assert stored
    taken_back = stored.value.revoked(stored.value.periods[-1].id, member_world.clock.now())
    member_world.store.commit(Change([stored.put(taken_back)]))
    found = call(api, "GET", "/v1/orders/membership").body
    assert (found["active"], found["periods"]) == (False, [])


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/orders/courses/unheard-of/state", 404, "COURSE_NOT_FOUND"),
        ("/v1/orders/courses/UPPER/state", 400, "INVALID_REQUEST"),
        ("/v1/orders/courses/%E5%AD%A6/state", 400, "INVALID_REQUEST"),
        ("/v1/orders/courses/a%23b/state", 400, "INVALID_REQUEST"),
        ("/v1/orders/courses/../state", 400, "INVALID_REQUEST"),
        ("/v1/orders/nothing", 404, "NOT_FOUND"),
        ("/v1/orders/learners", 404, "NOT_FOUND"),
    ],
)
def test_paths_that_lead_nowhere(api: HttpApi, path: str, status: int, code: str) -> None:
    answer = call(api, "GET", path)
    assert (answer.status, answer.code) == (status, code)


def test_refusals_of_claims(api: HttpApi) -> None:
    assert call(api, "POST", CLAIMS, {"course_id": ORDINARY}).status == 409
    visitor = call(api, "POST", CLAIMS, {"course_id": RECOMMENDED}, claims(VISITOR, "learner"))
    assert (visitor.status, visitor.code) == (403, "MEMBERSHIP_REQUIRED")


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with spaces in between", "schlüssel-schlüssel"])
@pytest.mark.parametrize(
    ("path", "body", "who"), [(CLAIMS, {"course_id": RECOMMENDED}, LEARNER), (GRANTS, GRANT, STAFF)]
)
def test_a_key_is_needed(api: HttpApi, path: str, body: Any, who: dict[str, str], key: str) -> None:
    assert call(api, "POST", path, body, who, key).code == "IDEMPOTENCY_KEY_REQUIRED"


@pytest.mark.parametrize(("method", "path", "body", "roles"), ROUTES)
@pytest.mark.parametrize("valid", [True, False])
def test_access(member_world: World, api: HttpApi, method: str, path: str, body: Any, roles: str, valid: bool) -> None:
    """Who may not call is refused before anything is said about the request."""
    sent = body if valid or body is None else {"nonsense": 1}
    before = member_world.store.snapshot()
    assert send(api, request(method, path, sent, idempotency_key=KEY)).code == "NOT_SIGNED_IN"
    for other in ROLES - {*roles.split()}:
        assert call(api, method, path, sent, claims(MEMBER, other)).code == "WRONG_ROLE"
    for role in roles.split():
        id_token = claims(MEMBER, role) | {"token_use": "id"}
        assert call(api, method, path, sent, id_token).code == "NOT_SIGNED_IN"
        assert call(api, method, path, sent, claims(MEMBER, f"{role}s", f"not-{role}")).code == "WRONG_ROLE"
        foreign = request(method, path, sent, who=claims(MEMBER, role), x_origin_verify="of-somebody-else")
        assert send(api, foreign).code == "FORBIDDEN_ORIGIN"
    assert member_world.store.snapshot() == before


def test_every_route_is_covered_by_the_test_of_access() -> None:
    documented = {
        (method.upper(), path): operation["x-roles"]
        for path, operations in described(functions("orders"))["paths"].items()
        for method, operation in operations.items()
        if operation["x-function"] == "http" and "security" in operation
    }
    assert documented == {(method, _template(path)): roles.split() for method, path, _body, roles in ROUTES}


def _template(path: str) -> str:
    """The path as it is described."""
    parameters = {
        RECOMMENDED: "course_id",
        ORDINARY: "course_id",
        MEMBER: "learner_id",
        ORDER: "order_id",
        CODE: "coupon_code",
    }
    parts = path.partition("?")[0].split("/")
    return "/".join(f"{{{parameters[part]}}}" if part in parameters else part for part in parts)


def nested(depth: int) -> str:
    """A nesting bomb."""
    return '{"course_id":' + "[" * depth + "]" * depth + "}"


BAD_BODIES: list[Any] = [
    None,
    "",
    "null",
    "true",
    "7",
    '"text"',
    "[]",
    "{}",
    "{",
    "\ufeff{}",
    '{"course_id": null}',
    '{"course_id": 7}',
    '{"course_id": 1e999}',
    '{"course_id": NaN}',
    '{"course_id": -Infinity}',
    '{"course_id": true}',
    '{"course_id": ["family-trusts"]}',
    '{"course_id": {"family-trusts": 1}}',
    '{"course_id": ""}',
    '{"course_id": "' + "a" * 65 + '"}',
    '{"course_id": "家族信托"}',
    '{"course_id": "family-trusts\\n"}',
    '{"course_id": "family-trusts\\u0000"}',
    '{"course_id": "\\ud800"}',
    '{"course_id": "family-trusts", "learner_id": "somebody-else"}',
    '{"course_id": "family-trusts", "price_fen": 0}',
    '{"course_id": ' + "9" * 10_000 + "}",
    *(nested(depth) for depth in (10, 100, 400, 900, 30_000)),
    b"\xff\xfe",
    '{"course_id": "family-trusts"}'.encode("utf-16"),
    b"\x00" * 100,
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda body: repr(body)[:40])
def test_bad_bodies(member_world: World, api: HttpApi, body: Any) -> None:
    before = member_world.store.snapshot()
    answer = call(api, "POST", CLAIMS, body)
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")
    assert member_world.store.snapshot() == before


@pytest.mark.parametrize(
    "change",
    [
        {"plan": 1},
        {"plan": ""},
        {"plan": "VIP"},
        {"plan": "v" * 33},
        {"reason": ""},
        {"reason": "  \n"},
        {"reason": "x" * 501},
        {"reason": None},
        {"valid_until": "2099-01-01T00:00:00Z"},
    ],
)
def test_bad_grants(member_world: World, api: HttpApi, change: dict[str, Any]) -> None:
    before = member_world.store.snapshot()
    answer = call(api, "POST", GRANTS, GRANT | change, STAFF)
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")
    assert answer.body["errors"][0]["pointer"] == f"/{next(iter(change))}"
    assert member_world.store.snapshot() == before


def test_a_learner_id_that_is_none(member_world: World, api: HttpApi) -> None:
    for learner_id in ("a b", "a%23MEMBERSHIP", "x" * 65, "%F0%9F%8E%93"):
        path = f"/v1/orders/learners/{learner_id}/memberships"
        assert call(api, "POST", path, GRANT, STAFF).code in {"INVALID_REQUEST", "NOT_FOUND"}


def test_other_content_types_and_large_bodies(member_world: World, api: HttpApi) -> None:
    before = member_world.store.snapshot()
    body = '{"course_id": "family-trusts"}'
    for content_type in (
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonx",
    ):
        event = request("POST", CLAIMS, body, who=LEARNER, content_type=content_type, idempotency_key=KEY)
        assert send(api, event).code == "UNSUPPORTED_MEDIA_TYPE"
        event = request("POST", CLAIMS, who=LEARNER, content_type=content_type, idempotency_key=KEY)
        assert send(api, event).code == "INVALID_REQUEST"
    large = call(api, "POST", CLAIMS, body + " " * MAX_BODY_BYTES)
    assert (large.status, large.code) == (413, "PAYLOAD_TOO_LARGE")
    assert member_world.store.snapshot() == before


def test_a_body_in_base64_and_a_charset_are_taken(api: HttpApi) -> None:
    event = request(
        "POST",
        CLAIMS,
        b'{"course_id": "family-trusts"}',
        who=LEARNER,
        content_type="Application/JSON; charset=utf-8",
        idempotency_key=KEY,
    )
    assert send(api, event).status == 201


def test_personal_answers_are_kept_by_nobody(api: HttpApi) -> None:
    for method, path, body, roles in ROUTES:
        who = LEARNER if roles == "learner" else STAFF
        assert call(api, method, path, body, who, OTHER_KEY).headers["Cache-Control"] == "no-store"


def test_a_failure_is_a_problem_too(member_world: World, api: HttpApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(member_world.store, "get", fail)
    answer = call(api, "GET", "/v1/orders/membership")
    assert (answer.status, answer.code) == (500, "INTERNAL")
    assert "secret" not in str(answer.body)


def test_who_always_loses_is_told_to_try_again(
    member_world: World, api: HttpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: object) -> None:
        raise Conflict

    monkeypatch.setattr(member_world.store, "commit", lose)
    answer = call(api, "POST", CLAIMS, {"course_id": RECOMMENDED})
    assert (answer.status, answer.code) == (409, "BUSY")
