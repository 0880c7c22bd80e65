"""Finance's routes, as the gateway calls them."""

from functools import partial
from typing import Any

import pytest

from docs.generate import functions
from services.kit.http import HttpApi, described
from services.kit.identity import Role
from services.orders.app.context import FinanceContext, ReconciliationContext
from services.orders.app.finance import revenue
from services.orders.app.finance.write_export import write_export
from services.orders.domain.ids import LearnerId
from services.orders.handlers import export, reconcile
from services.orders.handlers.finance import build_api
from tests.fakes.objects import MemoryObjects
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.orders.counter import Counter
from tests.unit.orders.export_reader import export_context
from tests.unit.orders.shop import PRICE
from tests.unit.orders.world import KEY, MEMBER, World

FINANCE = claims("d4c8f4e8-5061-7094-2f5a-3f1d5f8f2b44", "finance")
EXPORTS, REVENUE = "/v1/orders/exports", "/v1/orders/revenue"
EXPORT_ID, FILE = "20260302040000000000000000000001", "orders-20260302.csv"
BODY = {"first_day": "2026-03-02", "last_day": "2026-03-02", "reason": "月结"}
CHECKS, CHECK_ID = "/v1/orders/reconciliations", "20260302-wechat-20260302040000000000000000000001"
CHECK = {"provider": "wechat", "day": "2026-03-02", "reason": "对账"}
ROUTES = [
    ("POST", CHECKS),
    ("GET", f"{CHECKS}?month=2026-03"),
    ("GET", f"{CHECKS}/{CHECK_ID}"),
    ("GET", f"{CHECKS}/{CHECK_ID}/files/{FILE}"),
    ("POST", f"{CHECKS}/{CHECK_ID}/resolutions"),
    ("POST", EXPORTS),
    ("GET", EXPORTS),
    ("GET", f"{EXPORTS}/{EXPORT_ID}"),
    ("GET", f"{EXPORTS}/{EXPORT_ID}/files/{FILE}"),
    ("GET", f"{REVENUE}?first_day=2026-03-02&last_day=2026-03-02"),
]


@pytest.fixture
def objects() -> MemoryObjects:
    """Where files are kept."""
    return MemoryObjects()


@pytest.fixture
def api(world: World, objects: MemoryObjects) -> HttpApi:
    """The routes."""
    return build_api(FinanceContext(**vars(world.ctx), objects=objects), origin_secret)


def ask(api: HttpApi, key: str = KEY, **changes: Any) -> Answer:
    return send(api, request("POST", EXPORTS, {**BODY, **changes}, who=FINANCE, idempotency_key=key))


def get(api: HttpApi, path: str) -> Answer:
    return send(api, request("GET", path, who=FINANCE))


def fulfil(world: World, objects: MemoryObjects) -> None:
    """What the export function does with its event."""
    handlers = export.event_handlers(world.ctx, partial(write_export, export_context(world, objects)))
    for event in list(world.store.outbox):
        if event.type in handlers:
            handlers[event.type](event)


def test_an_export_is_asked_for_waited_for_and_fetched(world: World, api: HttpApi, objects: MemoryObjects) -> None:
    Counter(world).sell()
    asked = ask(api)
    assert (asked.status, asked.body["state"], asked.body["manifest"]) == (202, "requested", None)
    assert ask(api).body == asked.body
    path = f"{EXPORTS}/{asked.body['export_id']}"
    assert get(api, f"{path}/files/{FILE}").code == "EXPORT_NOT_FOUND"
    fulfil(world, objects)
    done = get(api, path)
    assert (done.status, done.body["state"]) == (200, "done")
    tables = {table["name"]: table for table in done.body["manifest"]["tables"]}
    assert tables["orders"]["totals_fen"]["paid"] == tables["payments"]["totals_fen"]["amount"] == PRICE
    assert get(api, EXPORTS).body == {"exports": [done.body]}
    assert get(api, f"{EXPORTS}?month=2026-03").body == {"exports": [done.body]}
    assert get(api, f"{EXPORTS}?month=2026-02").body == {"exports": []}
    for file in [*done.body["manifest"]["documents"], *tables["lines"]["files"]]:
        link = get(api, f"{path}/files/{file['name']}").body
        assert (link["sha256"], link["bytes"]) == (file["sha256"], file["bytes"])
        assert file["name"] in link["url"]


def test_a_reconciliation_is_asked_for_waited_for_and_fetched(
    world: World, api: HttpApi, objects: MemoryObjects
) -> None:
    counter = Counter(world)
    counter.sell()
    asked = send(api, request("POST", CHECKS, CHECK, who=FINANCE, idempotency_key=KEY))
    assert (asked.status, asked.body["state"], asked.body["uploaded"]) == (202, "requested", False)
    (event,) = [event for event in world.store.outbox if event.type == "orders.reconciliation_requested.v1"]
    ctx = ReconciliationContext(**vars(counter.ctx), objects=objects)
    reconcile.event_handlers(ctx)[event.type](event)
    path = f"{CHECKS}/{asked.body['reconciliation_id']}"
    done = get(api, path).body
    assert (done["state"], done["result"]["clean"], done["result"]["differences"]) == ("done", True, [])
    assert done["result"]["ours"]["payment"] == {"count": 1, "amount_fen": PRICE, "fee_fen": 59}
    assert get(api, f"{CHECKS}?month=2026-03").body == {"reconciliations": [done]}
    for file in done["result"]["files"]:
        assert get(api, f"{path}/files/{file['name']}").body["sha256"] == file["sha256"]


@pytest.mark.parametrize(
    "changes",
    [
        {"statement": "not base64!"},
        {"statement": ""},
        {"statement": 1},
        {"provider": "paypal"},
        {"day": "2026-03-32"},
        {"reason": ""},
        {"state": "done"},
    ],
)
def test_malformed_reconciliations_are_refused(
    world: World, api: HttpApi, objects: MemoryObjects, changes: dict[str, Any]
) -> None:
    before = world.store.snapshot()
    asked = send(api, request("POST", CHECKS, {**CHECK, **changes}, who=FINANCE, idempotency_key=KEY))
    assert asked.code == "INVALID_REQUEST"
    assert (world.store.snapshot(), objects.kept) == (before, {})


def test_revenue_is_summed_up_at_once(world: World, api: HttpApi) -> None:
    Counter(world).sell()
    found = get(api, f"{REVENUE}?first_day=2026-03-01&last_day=2026-03-02").body
    assert found["total"] == {"paid_fen": PRICE, "refunded_fen": 0, "net_fen": PRICE, "payments": 1, "refunds": 0}
    assert [(day["day"], day["net_fen"]) for day in found["days"]] == [("2026-03-01", 0), ("2026-03-02", PRICE)]
    assert [course["net_fen"] for course in found["courses"]] == [PRICE]


def test_too_many_movements_are_left_to_an_export(world: World, api: HttpApi, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        Counter(world).sell(learner_id=LearnerId(f"learner-{number}"))
    monkeypatch.setattr(revenue, "MAX_MOVEMENTS", 2)
    answer = get(api, f"{REVENUE}?first_day=2026-03-02&last_day=2026-03-02")
    assert (answer.status, answer.code, answer.body["movements"]) == (422, "TOO_MUCH_AT_ONCE", 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"first_day": 0},
        {"first_day": "2026-02-30"},
        {"first_day": "2026-03-02T00:00:00"},
        {"last_day": "02.03.2026"},
        {"reason": " "},
        {"reason": "x" * 501},
        {"state": "done"},
        {"requested_by": "somebody"},
    ],
)
def test_malformed_requests_are_refused(world: World, api: HttpApi, changes: dict[str, Any]) -> None:
    before = world.store.snapshot()
    assert ask(api, **changes).code == "INVALID_REQUEST"
    assert world.store.snapshot() == before


@pytest.mark.parametrize("days", ["first_day=2026-03-02", "first_day=2026-03-02&last_day=2026-13-01", ""])
def test_malformed_days_are_refused(api: HttpApi, days: str) -> None:
    assert get(api, f"{REVENUE}?{days}").code == "INVALID_REQUEST"


@pytest.mark.parametrize(
    "days",
    [
        "first_day=2026-03-03&last_day=2026-03-02",
        "first_day=2026-01-01&last_day=2026-03-01",
        "first_day=2026-03-02&last_day=2026-03-03",
    ],
)
def test_days_that_will_not_do_are_refused(api: HttpApi, days: str) -> None:
    assert get(api, f"{REVENUE}?{days}").code == "DAYS_NOT_EXPORTABLE"


@pytest.mark.parametrize("path", [f"{EXPORTS}/1", f"{EXPORTS}/{EXPORT_ID}/files/..", f"{EXPORTS}?month=2026-3"])
def test_malformed_paths_are_refused(api: HttpApi, path: str) -> None:
    assert get(api, path).code == "INVALID_REQUEST"


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_access(world: World, api: HttpApi, method: str, path: str) -> None:
    before = world.store.snapshot()
    body = {"POST": BODY if path == EXPORTS else CHECK}.get(method)
    assert send(api, request(method, path, body, idempotency_key=KEY)).code == "NOT_SIGNED_IN"
    for role in set(Role) - {Role.FINANCE}:
        refused = request(method, path, body, who=claims(MEMBER, role), idempotency_key=KEY)
        assert send(api, refused).code == "WRONG_ROLE"
    foreign = request(method, path, body, who=FINANCE, x_origin_verify="of-somebody-else", idempotency_key=KEY)
    assert send(api, foreign).code == "FORBIDDEN_ORIGIN"
    assert world.store.snapshot() == before


def test_every_route_is_covered_by_the_test_of_access() -> None:
    documented = {
        (method.upper(), path.format(export_id=EXPORT_ID, reconciliation_id=CHECK_ID, file_name=FILE))
        for path, operations in described(functions("orders"))["paths"].items()
        for method, operation in operations.items()
        if operation["x-function"] == "finance"
    }
    assert documented == {(method, path.split("?")[0]) for method, path in ROUTES}
