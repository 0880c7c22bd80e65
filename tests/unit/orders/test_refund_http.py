"""The routes of refunds, called as the gateway calls them."""

from typing import Any

import pytest

from docs.generate import functions
from services.kit.http import HttpApi, described
from services.kit.identity import Role
from services.kit.store import Change
from services.orders.app.context import InvoiceContext
from services.orders.app.refunds.items import read_refund
from services.orders.domain.ids import CourseId, OrderId, RefundId
from services.orders.domain.refund import RefundStatus
from services.orders.handlers.aftersale import build_api
from tests.fakes.invoice_files import MemoryInvoiceFiles
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.orders.counter import Counter
from tests.unit.orders.shop import a_line, ask, decide, pay, place
from tests.unit.orders.world import ADMINISTRATOR, KEY, MEMBER, OTHER_KEY, RECOMMENDED, VISITOR, World

ORDER = "2026030204000000" + "0" * 16
ASK = "/v1/orders/orders/{}/refunds"
READ = "/v1/orders/refunds/{}"
STAFF_ASK = "/v1/orders/finance/orders/{}/refunds"
STAFF_ORDER = "/v1/orders/finance/orders/{}"
STAFF_FIND = f"/v1/orders/finance/orders?number={ORDER}"
STAFF_LIST = "/v1/orders/finance/refunds?day=2026-03-02"
STAFF_READ = "/v1/orders/finance/refunds/{}"
RESEND = "/v1/orders/finance/refunds/{}/attempts"
FINANCE = {"finance", "administrator"}
ROUTES: list[tuple[str, str, Any, set[str]]] = [
    ("POST", ASK, {"lines": [1]}, {"learner"}),
    ("GET", ASK, None, {"learner"}),
    ("GET", READ, None, {"learner"}),
    ("POST", STAFF_ASK, {"reason": "因重复购买"}, {"administrator"}),
    ("GET", STAFF_ORDER, None, FINANCE),
    ("GET", STAFF_FIND, None, FINANCE),
    ("GET", STAFF_LIST, None, FINANCE),
    ("GET", STAFF_READ, None, FINANCE),
    ("POST", RESEND, {"reason": "银行卡已恢复"}, FINANCE),
]


@pytest.fixture
def api(world: World) -> HttpApi:
    """The API on the world."""
    return build_api(InvoiceContext(**vars(world.ctx), files=MemoryInvoiceFiles()), origin_secret)


@pytest.fixture
def order_id(world: World) -> str:
    """A paid order of two courses."""
    order = place(world, a_line(1), a_line(2, RECOMMENDED))
    pay(world, order)
    return order.order_id


def call(
    api: HttpApi, method: str, path: str, body: Any = None, role: str = "learner", who: str = MEMBER, key: str = KEY
) -> Answer:
    """The answer to a request of somebody signed in."""
    return send(api, request(method, path, body, who=claims(who, role), idempotency_key=key))


def asked(api: HttpApi, order_id: OrderId, *lines: int) -> dict[str, Any]:
    """A refund that the learner has asked for."""
    answer = call(api, "POST", ASK.format(order_id), {"lines": list(lines)} if lines else {})
    assert answer.status == 201
    refund: dict[str, Any] = answer.body
    return refund


def failed(world: World, refund_id: RefundId) -> None:
    """The provider could not send it."""
    stored = read_refund(world.ctx, refund_id)
    for line in stored.value.lines:
        decide(world, line)
    stored = read_refund(world.ctx, refund_id)
    lost = {**vars(stored.value), "status": RefundStatus.FAILED}
    world.store.commit(Change([stored.put(type(stored.value)(**lost))]))


def test_staff_look_at_an_order_before_they_refund_it(api: HttpApi, order_id: OrderId) -> None:
    asked(api, order_id, 1)
    answer = call(api, "GET", STAFF_ORDER.format(order_id), role="administrator", who=ADMINISTRATOR.id)
    assert (answer.body["learner_id"], answer.body["state"], len(answer.body["lines"])) == (MEMBER, "paid", 2)
    unknown = call(api, "GET", STAFF_ORDER.format(ORDER), role="administrator", who=ADMINISTRATOR.id)
    assert unknown.code == "ORDER_NOT_FOUND"


def test_a_learners_path(world: World, api: HttpApi, order_id: OrderId) -> None:
    refund = asked(api, order_id, 1)
    assert (refund["status"], refund["amount_fen"], refund["cause"]) == ("asked", 9900, "learner")
    path = READ.format(refund["refund_id"])
    assert call(api, "GET", path).body == refund
    decide(world, read_refund(world.ctx, refund["refund_id"]).value.lines[0], completed=["watch-7"])
    seen = call(api, "GET", path).body
    (line,) = seen["lines"]
    assert (seen["status"], line["decision"], line["watch_ids"]) == ("refused", "kept", ["watch-7"])
    assert "不予退款" in line["detail"]
    assert "not refunded" in line["detail_en"]
    assert call(api, "GET", ASK.format(order_id)).body == {"refunds": [seen]}
    again = call(api, "POST", ASK.format(order_id), {"lines": [1, 7]}, key=OTHER_KEY)
    assert (again.code, again.body["lines"]) == ("LINES_NOT_REFUNDABLE", [7])


def test_finance_sees_a_day_a_page_at_a_time_and_only_what_failed(
    world: World, api: HttpApi, order_id: OrderId
) -> None:
    first = asked(api, order_id, 1)["refund_id"]
    world.clock.advance(3_600_000)
    second = ask(world, place_and_pay(world)).refund_id
    failed(world, second)
    pages, after = [], ""
    while after is not None:
        page = call(api, "GET", f"{STAFF_LIST}&limit=1&after={after}", role="finance").body
        pages += [refund["refund_id"] for refund in page["refunds"]]
        after = page["after"]
    assert pages == [first, second]
    only = call(api, "GET", f"{STAFF_LIST}&status=failed", role="finance").body
    (seen,) = only["refunds"]
    assert (seen["refund_id"], seen["trade_no"], seen["paid_fen"], seen["learner_id"]) == (second, "T2", 9900, MEMBER)
    assert only["after"] is None
    assert call(api, "GET", STAFF_READ.format(second), role="finance").body == seen
    assert call(api, "GET", STAFF_LIST.replace("03-02", "03-03"), role="finance").body["refunds"] == []


def place_and_pay(world: World) -> Any:
    """Another paid order."""
    order = place(world, a_line(1, CourseId("another")))
    pay(world, order, "T2")
    return order


def test_a_failed_refund_is_sent_again_with_a_reason(world: World, api: HttpApi, order_id: OrderId) -> None:
    refund_id, body = asked(api, order_id, 1)["refund_id"], {"reason": "银行卡已恢复"}
    path = RESEND.format(refund_id)
    assert call(api, "POST", path, body, "finance", who="finance-1").code == "REFUND_NOT_FAILED"
    failed(world, refund_id)
    answer = call(api, "POST", path, body, "finance", who="finance-1")
    assert (answer.status, answer.body["status"]) == (201, "due")
    assert call(api, "POST", path, body, "finance", who="finance-1").body == answer.body
    due = [event for event in world.store.outbox if event.type == "orders.refund_due.v1"]
    assert [event.data["refund_id"] for event in due] == [refund_id, refund_id]
    assert sum(key.pk.startswith("AUDIT#") for key in world.store.items) == 1


def test_an_administrator_refunds_with_hours(api: HttpApi, order_id: OrderId) -> None:
    body = {"reason": "协商退款", "reverse_hours": True}
    answer = call(api, "POST", STAFF_ASK.format(order_id), body, "administrator", ADMINISTRATOR.id)
    assert (answer.status, answer.body["cause"], answer.body["reverse_hours"]) == (201, "administrator", True)
    assert (answer.body["requested_by"], answer.body["reason"]) == (ADMINISTRATOR.id, "协商退款")


def test_attack_another_learners_refund_on_every_route(world: World, api: HttpApi, order_id: OrderId) -> None:
    refund_id = asked(api, order_id, 1)["refund_id"]
    before = world.store.snapshot()
    for method, path, body in (("POST", ASK, {}), ("GET", ASK, None), ("GET", READ, None)):
        answer = call(api, method, path.format(refund_id if path is READ else order_id), body, who=VISITOR)
        missing = call(api, method, path.format(ORDER), body, who=VISITOR)
        assert (answer.status, answer.body) == (404, missing.body), "nobody is told that it exists"
    assert world.store.snapshot() == before


@pytest.mark.parametrize(
    "body",
    [
        {"amount_fen": 1_000_000},
        {"lines": [1], "amount_fen": 1},
        {"lines": [1], "reverse_hours": True},
        {"lines": [1], "learner_id": VISITOR},
        {"lines": [0]},
        {"lines": [-1]},
        {"lines": [21]},
        {"lines": [1.0]},
        {"lines": ["1"]},
        {"lines": [True]},
        {"lines": []},
        {"lines": [1] * 21},
        {"lines": {"1": 1}},
        [],
        "null",
    ],
)
def test_attack_amounts_and_strange_lines_in_the_body(world: World, api: HttpApi, order_id: OrderId, body: Any) -> None:
    before = world.store.snapshot()
    assert call(api, "POST", ASK.format(order_id), body).status == 400
    assert world.store.snapshot() == before


@pytest.mark.parametrize("query", ["", "?day=today", "?day=2026-03-02&limit=0", "?day=2026-03-02&status=no", "?day=1"])
def test_a_listing_needs_a_day(api: HttpApi, query: str) -> None:
    answer = call(api, "GET", STAFF_LIST.split("?")[0] + query, role="finance")
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize(("method", "path", "body", "roles"), ROUTES)
@pytest.mark.parametrize("valid", [True, False])
def test_access(
    world: World, api: HttpApi, order_id: OrderId, method: str, path: str, body: Any, roles: set[str], valid: bool
) -> None:
    """Who may not call is refused before anything is said about the request."""
    sent = body if valid or body is None else {"nonsense": 1}
    path, before = path.format(order_id), world.store.snapshot()
    assert send(api, request(method, path, sent, idempotency_key=KEY)).code == "NOT_SIGNED_IN"
    for other in {role.value for role in Role} - roles:
        assert call(api, method, path, sent, other).code == "WRONG_ROLE"
    if method == "POST" and valid:
        assert call(api, method, path, sent, min(roles), key="short").code == "IDEMPOTENCY_KEY_REQUIRED"
    assert world.store.snapshot() == before


def test_every_route_is_covered_by_the_test_of_access() -> None:
    documented = {
        (method.upper(), path): set(operation["x-roles"])
        for path, operations in described(functions("orders"))["paths"].items()
        for method, operation in operations.items()
        if operation["x-function"] == "aftersale" and "invoice" not in path
    }
    names = dict.fromkeys((ASK, STAFF_ASK, STAFF_ORDER), "order_id")
    names |= dict.fromkeys((READ, STAFF_READ, RESEND), "refund_id")
    covered = {
        (method, path.split("?")[0].replace("{}", f"{{{names.get(path)}}}")): roles
        for method, path, _body, roles in ROUTES
    }
    assert documented == covered


def test_finance_finds_an_order_by_whatever_number_it_has(world: World, api: HttpApi) -> None:
    counter = Counter(world)
    sold = counter.sell(a_line(1), a_line(2, RECOMMENDED))
    counter.sell(learner_id=VISITOR)
    refund = counter.take_back(sold, 2)
    invoice = counter.invoice(sold)
    assert sold.paid_by
    assert invoice
    payment_number, trade_no = sold.paid_by.payment_number, sold.paid_by.trade_no
    counter.take_back(sold, 1)
    (red,) = counter.red_letter(sold)
    by = (payment_number, trade_no, refund.refund_id, invoice.invoice_id, invoice.number, red.red_number, sold.order_id)
    for number in by:
        found = call(api, "GET", f"/v1/orders/finance/orders?number={number}", role="finance")
        assert (found.status, found.body["order_id"], found.body["learner_id"]) == (200, sold.order_id, MEMBER), number
    for number in ("12345678", "4" * 28):
        assert call(api, "GET", f"/v1/orders/finance/orders?number={number}", role="finance").code == "ORDER_NOT_FOUND"
    for number in ("", "1234567", "a%20b%20c%20d%20", "9" * 65):
        assert call(api, "GET", f"/v1/orders/finance/orders?number={number}", role="finance").code == "INVALID_REQUEST"


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2026-3-2", "1772409600", "20260302", ""])
def test_a_day_that_is_none_of_ours_is_refused(api: HttpApi, day: str) -> None:
    answer = call(api, "GET", f"/v1/orders/finance/refunds?day={day}", role="finance")
    assert (answer.status, answer.body["code"]) == (400, "INVALID_REQUEST")
