"""Invoices: at most what was paid and kept, issued with a PDF, red-lettered once the money goes back."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from docs.generate import functions
from services.kit.http import HttpApi, described
from services.kit.identity import Role
from services.kit.problems import Problem
from services.orders.app.context import InvoiceContext
from services.orders.app.invoices.items import invoice_number_key
from services.orders.app.invoices.request_invoice import MAX_INVOICES, InvoiceDraft, request_invoice
from services.orders.domain.ids import CourseId
from services.orders.domain.invoice import Buyer, BuyerKind
from services.orders.domain.order import Order
from services.orders.handlers.aftersale import build_api
from tests.fakes.invoice_files import MemoryInvoiceFiles
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.orders.shop import a_line, ask, decide, pay, place
from tests.unit.orders.world import KEY, MEMBER, RECOMMENDED, VISITOR, World, a_call

USCC = "91110000600037341L"
"""Valid by its check character."""
PDF = b"%PDF-1.7 an invoice"
SHA256 = hashlib.sha256(PDF).hexdigest()
FILE = {"sha256": SHA256, "size": len(PDF)}
NUMBER, OTHER_NUMBER, RED = "25117000000123456789", "25117000000123456788", "25117000000123456790"
PERSON = {"buyer_kind": "person", "title": "张三"}
COMPANY = {"buyer_kind": "company", "title": "北京某某咨询有限公司", "tax_id": USCC, "email": "finance@example.com"}
OF_ORDER = "/v1/orders/orders/{}/invoices"
OWN = "/v1/orders/invoices/{}"
STAFF = "/v1/orders/finance/invoices/{}"
LIST = "/v1/orders/finance/invoices?month=2026-03"


@pytest.fixture
def files() -> MemoryInvoiceFiles:
    """The bucket."""
    return MemoryInvoiceFiles()


@pytest.fixture
def api(world: World, files: MemoryInvoiceFiles) -> HttpApi:
    """The API on the world."""
    return build_api(InvoiceContext(**vars(world.ctx), files=files), origin_secret)


@pytest.fixture
def order(world: World) -> Order:
    """A paid order of two courses, 9900 and 5000."""
    return two_courses(world)


def two_courses(world: World) -> Order:
    """The same in any world."""
    placed = place(world, a_line(1), a_line(2, RECOMMENDED, 5_000))
    pay(world, placed, f"T{placed.order_id}")
    return placed


def call(
    world: World, api: HttpApi, method: str, path: str, body: Any = None, role: str = "learner", who: str = MEMBER
) -> Answer:
    """The answer to a new request of somebody signed in."""
    return send(api, request(method, path, body, who=claims(who, role), idempotency_key=world.ids.new()))


def requested(world: World, api: HttpApi, order: Order, **body: Any) -> dict[str, Any]:
    """An invoice that the learner has asked for."""
    answer = call(world, api, "POST", OF_ORDER.format(order.order_id), {**COMPANY, **body})
    assert answer.status == 201, answer.body
    invoice: dict[str, Any] = answer.body
    return invoice


def finance(world: World, api: HttpApi, invoice: dict[str, Any], action: str, body: Any) -> Answer:
    """What finance does with an invoice."""
    return call(world, api, "POST", f"{STAFF.format(invoice['invoice_id'])}/{action}", body, "finance", "finance-1")


def uploaded(world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order, **body: Any) -> dict[str, Any]:
    """An invoice whose PDF finance has uploaded."""
    invoice = requested(world, api, order, **body)
    files.put(finance(world, api, invoice, "document-uploads", FILE).body["url"], PDF)
    return invoice


def issued(
    world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order, number: str = NUMBER, **body: Any
) -> dict[str, Any]:
    """An invoice that finance has issued."""
    invoice = uploaded(world, api, files, order, **body)
    answer = finance(world, api, invoice, "issue", {**FILE, "number": number})
    assert answer.status == 200, answer.body
    return invoice


def seen(world: World, api: HttpApi, invoice: dict[str, Any]) -> dict[str, Any]:
    """The invoice as its learner sees it now."""
    found: dict[str, Any] = call(world, api, "GET", OWN.format(invoice["invoice_id"])).body
    return found


def left(world: World, api: HttpApi, order: Order) -> int:
    """What can still be invoiced."""
    return int(call(world, api, "GET", OF_ORDER.format(order.order_id)).body["left_fen"])


def test_from_the_request_to_the_download(world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order) -> None:
    invoice = requested(world, api, order)
    assert (invoice["status"], invoice["amount_fen"], invoice["buyer"]["tax_id"]) == ("requested", 14_900, USCC)
    assert left(world, api, order) == 0
    document_path = f"{OWN.format(invoice['invoice_id'])}/document"
    assert call(world, api, "GET", document_path).code == "INVOICE_NOT_ISSUED"
    upload = finance(world, api, invoice, "document-uploads", FILE).body
    issue = {**FILE, "number": NUMBER}
    assert finance(world, api, invoice, "issue", issue).code == "INVOICE_FILE_MISSING"
    files.put(upload["url"], PDF)
    done = finance(world, api, invoice, "issue", issue)
    assert (done.status, done.body["status"], done.body["number"]) == (200, "issued", NUMBER)
    before = world.store.snapshot()
    assert finance(world, api, invoice, "issue", issue).body == done.body
    assert world.store.snapshot() == before
    assert call(world, api, "GET", document_path).body["url"].endswith(f"{SHA256}.pdf")
    assert finance(world, api, invoice, "document-uploads", FILE).code == "INVOICE_PAST_THIS"
    assert finance(world, api, invoice, "rejection", {"reason": "太晚"}).code == "INVOICE_PAST_THIS"
    assert sum(key.pk.startswith("AUDIT#") for key in world.store.items) == 1


@pytest.mark.parametrize("content", [b"%PDF-1.7 another one", b"<html>an invoice"])
def test_only_the_pdf_that_was_announced_is_taken(
    world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order, content: bytes
) -> None:
    invoice = requested(world, api, order)
    url = finance(world, api, invoice, "document-uploads", FILE).body["url"]
    with pytest.raises(PermissionError):
        files.put(url, content)
    other = {"sha256": hashlib.sha256(b"<html>").hexdigest(), "size": 6}
    files.put(finance(world, api, invoice, "document-uploads", other).body["url"], b"<html>")
    assert finance(world, api, invoice, "issue", {**other, "number": NUMBER}).code == "INVOICE_FILE_MISSING"


def test_attack_invoice_over_amount(world: World, api: HttpApi, order: Order) -> None:
    path = OF_ORDER.format(order.order_id)
    over = call(world, api, "POST", path, {**PERSON, "amount_fen": 14_901})
    assert (over.code, over.body["left_fen"]) == ("INVOICE_TOO_MUCH", 14_900)
    requested(world, api, order, amount_fen=10_000)
    assert call(world, api, "POST", path, {**PERSON, "amount_fen": 4_901}).code == "INVOICE_TOO_MUCH"
    requested(world, api, order)
    assert (left(world, api, order), call(world, api, "POST", path, PERSON).code) == (0, "INVOICE_TOO_MUCH")


def test_attack_two_requests_at_once_are_not_both_taken(world: World, api: HttpApi, order: Order) -> None:
    world.store.before_commit = lambda: requested(world, api, order)
    answer = call(world, api, "POST", OF_ORDER.format(order.order_id), PERSON)
    assert answer.code == "INVOICE_TOO_MUCH"
    assert len(call(world, api, "GET", OF_ORDER.format(order.order_id)).body["invoices"]) == 1


def test_attack_an_invoice_for_what_is_being_refunded(world: World, api: HttpApi, order: Order) -> None:
    world.store.before_commit = lambda: ask(world, order, 1)
    over = call(world, api, "POST", OF_ORDER.format(order.order_id), {**PERSON, "amount_fen": 14_900})
    assert (over.code, over.body["left_fen"]) == ("INVOICE_TOO_MUCH", 5_000)


def test_what_was_not_paid_is_not_invoiced(world: World, api: HttpApi) -> None:
    unpaid = place(world, a_line(1, CourseId("bonds")))
    assert call(world, api, "POST", OF_ORDER.format(unpaid.order_id), PERSON).code == "INVOICE_TOO_MUCH"


def test_a_refund_after_the_issue_needs_a_red_letter_of_what_went_back(
    world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order
) -> None:
    invoice = issued(world, api, files, order)
    assert finance(world, api, invoice, "red-letter", {"number": RED}).code == "INVOICE_PAST_THIS"
    refund = ask(world, order, 1)
    assert seen(world, api, invoice)["status"] == "issued", "playback has not decided yet"
    decide(world, refund.lines[0])
    assert seen(world, api, invoice)["status"] == "red_needed"
    assert left(world, api, order) == 0, "until it is red-lettered"
    red = finance(world, api, invoice, "red-letter", {"number": RED})
    assert (red.body["status"], red.body["red_number"], red.body["standing_fen"]) == ("issued", RED, 5_000)
    assert finance(world, api, invoice, "red-letter", {"number": RED}).body == red.body
    assert left(world, api, order) == 0


def test_a_refund_before_the_issue_cancels_the_request(world: World, api: HttpApi, order: Order) -> None:
    first, rest = requested(world, api, order, amount_fen=9_900), requested(world, api, order)
    decide(world, ask(world, order, 2).lines[0])
    assert [seen(world, api, invoice)["status"] for invoice in (first, rest)] == ["requested", "cancelled"]
    assert seen(world, api, rest)["note"] == "订单已退款"
    assert left(world, api, order) == 0


def test_a_line_that_is_kept_leaves_its_invoice(
    world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order
) -> None:
    invoice = issued(world, api, files, order)
    decide(world, ask(world, order, 1).lines[0], completed=["watch-7"])
    assert seen(world, api, invoice)["status"] == "issued"


def test_issuing_in_the_moment_of_the_refund_still_needs_a_red_letter(
    world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order
) -> None:
    refund, invoices = ask(world, order, 2), list[dict[str, Any]]()
    world.clock.advance(1000)
    invoice = requested(world, api, order)
    assert invoice["amount_fen"] == 9_900, "what is not being refunded"
    decide(world, refund.lines[0])
    assert seen(world, api, invoice)["status"] == "requested"
    second = ask(world, order)
    files.put(finance(world, api, invoice, "document-uploads", FILE).body["url"], PDF)
    issue = {**FILE, "number": NUMBER}
    world.store.before_commit = lambda: invoices.append(finance(world, api, invoice, "issue", issue).body)
    decide(world, second.lines[0])
    assert (invoices[0]["status"], seen(world, api, invoice)["status"]) == ("issued", "red_needed")


def test_a_learner_withdraws_and_finance_turns_down(world: World, api: HttpApi, order: Order) -> None:
    first = requested(world, api, order)
    path = f"{OWN.format(first['invoice_id'])}/cancellation"
    assert call(world, api, "POST", path).body["status"] == "cancelled"
    assert call(world, api, "POST", path).body["status"] == "cancelled"
    second = requested(world, api, order)
    finance(world, api, second, "rejection", {"reason": "抬头有误"})
    assert (seen(world, api, second)["status"], seen(world, api, second)["note"]) == ("cancelled", "抬头有误")
    assert left(world, api, order) == 14_900


def test_attack_two_invoices_do_not_take_one_number(
    world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order
) -> None:
    first = issued(world, api, files, order, amount_fen=100)
    second = uploaded(world, api, files, order)
    before = world.store.snapshot()
    assert finance(world, api, second, "issue", {**FILE, "number": NUMBER}).code == "INVOICE_NUMBER_TAKEN"
    assert world.store.snapshot() == before
    assert finance(world, api, first, "issue", {**FILE, "number": NUMBER}).status == 200, "its own, said again"
    assert finance(world, api, second, "issue", {**FILE, "number": RED}).status == 200


def test_attack_two_invoices_take_one_number_in_the_same_moment(
    world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order
) -> None:
    first, second = (uploaded(world, api, files, order, amount_fen=fen) for fen in (100, 200))
    issue = {**FILE, "number": NUMBER}
    world.store.before_commit = lambda: finance(world, api, first, "issue", issue)
    assert finance(world, api, second, "issue", issue).code == "INVOICE_NUMBER_TAKEN"
    assert [seen(world, api, invoice)["number"] for invoice in (first, second)] == [NUMBER, ""]


@pytest.mark.parametrize("registered", [True, False])
def test_attack_a_red_letter_takes_the_number_of_an_invoice(
    world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order, registered: bool
) -> None:
    invoice = issued(world, api, files, order, amount_fen=14_000)
    issued(world, api, files, order, number=OTHER_NUMBER)
    if not registered:
        del world.store.items[invoice_number_key(NUMBER)]  # as release 1.0.0 left it
    for line in ask(world, order).lines:
        decide(world, line)
    before = world.store.snapshot()
    for number in (NUMBER, OTHER_NUMBER):
        assert finance(world, api, invoice, "red-letter", {"number": number}).code == "INVOICE_NUMBER_TAKEN"
    assert world.store.snapshot() == before
    assert finance(world, api, invoice, "red-letter", {"number": RED}).status == 200


def test_requests_end_somewhere(world: World, api: HttpApi, order: Order) -> None:
    for _ in range(MAX_INVOICES):
        requested(world, api, order, amount_fen=1)
    answer = call(world, api, "POST", OF_ORDER.format(order.order_id), PERSON)
    assert answer.code == "INVOICES_TOO_MANY"
    decide(world, ask(world, order, 2).lines[0])
    decide(world, ask(world, order, 1).lines[0])
    assert left(world, api, order) == 0


@pytest.mark.parametrize(
    ("buyer", "code"),
    [
        ({**COMPANY, "tax_id": USCC[:-1] + "A"}, "TAX_ID_WRONG"),
        ({**COMPANY, "tax_id": None}, "TAX_ID_WRONG"),
        ({**COMPANY, "tax_id": "0" * 18}, "TAX_ID_WRONG"),
        ({**COMPANY, "tax_id": "0" * 20}, "TAX_ID_WRONG"),
        ({**COMPANY, "tax_id": "Z" * 18}, "TAX_ID_WRONG"),
        ({**COMPANY, "tax_id": "110105194913310021"}, "TAX_ID_WRONG"),
        ({**COMPANY, "tax_id": "110105194912310021"}, "TAX_ID_WRONG"),
        ({**COMPANY, "title": "\u200b"}, "TITLE_UNREADABLE"),
        ({**COMPANY, "title": "某某\u202e司公限有"}, "TITLE_UNREADABLE"),
        ({**PERSON, "title": "张\u2066三"}, "TITLE_UNREADABLE"),
        ({**PERSON, "title": "\u3164"}, "TITLE_UNREADABLE"),
        ({**PERSON, "title": "\u2800"}, "TITLE_UNREADABLE"),
        ({**PERSON, "title": "张\ufeff三"}, "TITLE_UNREADABLE"),
        ({**PERSON, "title": "张\u0085三"}, "TITLE_UNREADABLE"),
        ({**PERSON, "title": "张三\ue000"}, "TITLE_UNREADABLE"),
        ({**PERSON, "title": "张三\U000e0041"}, "TITLE_UNREADABLE"),
        ({**PERSON, "tax_id": USCC}, "TAX_ID_WRONG"),
        ({**COMPANY, "tax_id": USCC.lower()}, "INVALID_REQUEST"),
        ({**PERSON, "title": ""}, "INVALID_REQUEST"),
        ({**PERSON, "title": " 张三"}, "INVALID_REQUEST"),
        ({**PERSON, "title": "张\n三"}, "INVALID_REQUEST"),
        ({**PERSON, "title": "张" * 101}, "INVALID_REQUEST"),
        ({**PERSON, "email": "nobody"}, "INVALID_REQUEST"),
        ({**PERSON, "amount_fen": 0}, "INVALID_REQUEST"),
        ({**PERSON, "amount_fen": -1}, "INVALID_REQUEST"),
        ({**PERSON, "amount_fen": 1.0}, "INVALID_REQUEST"),
        ({**PERSON, "status": "issued"}, "INVALID_REQUEST"),
        ({**PERSON, "learner_id": VISITOR}, "INVALID_REQUEST"),
    ],
)
def test_wrong_requests_change_nothing(world: World, api: HttpApi, order: Order, buyer: Any, code: str) -> None:
    before = world.store.snapshot()
    assert call(world, api, "POST", OF_ORDER.format(order.order_id), buyer).code == code
    assert world.store.snapshot() == before


@pytest.mark.parametrize(
    "tax_id",
    [
        USCC,
        "A1110000MB1234567A",
        "N2440103MF12345674",
        "Y1110000MJ12345674",
        "511100005000123456",
        "11010519491231002X",
        "11010519491231002X01",
    ],
)
def test_tax_ids_of_all_kinds_of_body_are_taken(world: World, api: HttpApi, order: Order, tax_id: str) -> None:
    """Companies, the military's, villages', others', associations; sole traders by their owner's identity number."""
    assert requested(world, api, order, tax_id=tax_id)["buyer"]["tax_id"] == tax_id


@pytest.mark.parametrize("title", ["㵘山（上海）有限公司", "𠮷野家", "A·B & Söhne GmbH", "株式会社ＡＢＣ"])
def test_titles_that_can_be_read_are_taken(world: World, api: HttpApi, order: Order, title: str) -> None:
    assert requested(world, api, order, title=title)["buyer"]["title"] == title


def test_attack_another_learners_invoice_on_every_route(
    world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order
) -> None:
    invoice = issued(world, api, files, order)
    before = world.store.snapshot()
    own, missing = OWN.format(invoice["invoice_id"]), OWN.format("0" * 32)
    for method, end in (("GET", ""), ("GET", "/document"), ("POST", "/cancellation")):
        answer = call(world, api, method, own + end, who=VISITOR)
        assert (answer.status, answer.body) == (404, call(world, api, method, missing + end, who=VISITOR).body)
    for method, body in (("POST", PERSON), ("GET", None)):
        assert call(world, api, method, OF_ORDER.format(order.order_id), body, who=VISITOR).code == "ORDER_NOT_FOUND"
    assert world.store.snapshot() == before


def test_finance_lists_a_month_by_status_and_page(
    world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order
) -> None:
    first = issued(world, api, files, order, amount_fen=100)
    world.clock.advance(1000)
    second = requested(world, api, order)
    pages, after = [], ""
    while after is not None:
        page = call(world, api, "GET", f"{LIST}&limit=1&after={after}", role="finance").body
        pages += [(found["invoice_id"], found["buyer"]["title"], found["learner_id"]) for found in page["invoices"]]
        after = page["after"]
    assert pages == [(invoice["invoice_id"], COMPANY["title"], MEMBER) for invoice in (first, second)]
    only = call(world, api, "GET", f"{LIST}&status=requested", role="finance").body["invoices"]
    assert [found["invoice_id"] for found in only] == [second["invoice_id"]]
    assert call(world, api, "GET", LIST.replace("-03", "-04"), role="finance").body["invoices"] == []
    for wrong in ("", "?month=2026-13", "?month=2026-3", f"{LIST[-14:]}&status=lost"):
        assert call(world, api, "GET", LIST.split("?")[0] + wrong, role="finance").code == "INVALID_REQUEST"


def test_whom_it_is_made_out_to_is_in_one_partition_and_in_no_event(
    world: World, api: HttpApi, files: MemoryInvoiceFiles, order: Order, capsys: pytest.CaptureFixture[str]
) -> None:
    issued(world, api, files, order)
    decide(world, ask(world, order, 1).lines[0])
    personal = (COMPANY["title"], USCC, COMPANY["email"])
    holding = {key.pk for key, (_, text) in world.store.items.items() if any(str(p) in text for p in personal)}
    assert {pk.split("#")[0] for pk in holding} == {"BUYER"}
    told = "".join(event.model_dump_json() for event in world.store.outbox) + capsys.readouterr().out
    assert not [p for p in personal if str(p) in told]


def test_the_same_request_again_is_the_same_invoice(world: World, order: Order) -> None:
    wanted = InvoiceDraft(order.order_id, None, Buyer(BuyerKind.PERSON, "张三"))

    def ask_again(buyer: Buyer) -> object:
        return request_invoice(world.ctx, a_call(MEMBER, KEY), InvoiceDraft(order.order_id, None, buyer))

    first = request_invoice(world.ctx, a_call(MEMBER, KEY), wanted)
    before = world.store.snapshot()
    assert ask_again(wanted.buyer) == first
    assert world.store.snapshot() == before
    assert code_of(lambda: ask_again(Buyer(BuyerKind.PERSON, "李四"))) == "IDEMPOTENCY_KEY_REUSED"


def code_of(refused: Callable[[], object]) -> str:
    """The code of the refusal that the call must meet."""
    with pytest.raises(Problem) as caught:
        refused()
    return caught.value.type.code


ROUTES: list[tuple[str, str, Any, str]] = [
    ("POST", OF_ORDER, PERSON, "learner"),
    ("GET", OF_ORDER, None, "learner"),
    ("GET", OWN, None, "learner"),
    ("GET", f"{OWN}/document", None, "learner"),
    ("POST", f"{OWN}/cancellation", None, "learner"),
    ("POST", f"{OWN}/correction", PERSON, "learner"),
    ("GET", LIST, None, "finance"),
    ("POST", f"{STAFF}/document-uploads", FILE, "finance"),
    ("POST", f"{STAFF}/issue", {**FILE, "number": NUMBER}, "finance"),
    ("POST", f"{STAFF}/rejection", {"reason": "抬头有误"}, "finance"),
    ("POST", f"{STAFF}/red-letter", {"number": RED}, "finance"),
    ("POST", f"{STAFF}/correction", {"reason": "抬头有误"}, "finance"),
    ("POST", f"{STAFF}/number-correction", {"wrong": NUMBER, "number": RED, "reason": "号码有误"}, "finance"),
]


@pytest.mark.parametrize(("method", "path", "body", "role"), ROUTES)
@pytest.mark.parametrize("valid", [True, False])
def test_access(world: World, api: HttpApi, method: str, path: str, body: Any, role: str, valid: bool) -> None:
    """Who may not call is refused before anything is said about the request."""
    sent = body if valid or body is None else {"nonsense": 1}
    path, before = path.format("2" * 32), world.store.snapshot()
    assert send(api, request(method, path, sent, idempotency_key=KEY)).code == "NOT_SIGNED_IN"
    for other in {str(known) for known in Role} - {role}:
        assert call(world, api, method, path, sent, other).code == "WRONG_ROLE"
    assert world.store.snapshot() == before


def test_every_route_is_covered_by_the_test_of_access() -> None:
    documented = {
        (method.upper(), path.replace("{order_id}", "{}").replace("{invoice_id}", "{}"), *operation["x-roles"])
        for path, operations in described(functions("orders"))["paths"].items()
        for method, operation in operations.items()
        if "/invoices" in path
    }
    assert documented == {(method, path.split("?")[0], role) for method, path, _body, role in ROUTES}
