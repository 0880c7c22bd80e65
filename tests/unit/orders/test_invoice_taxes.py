"""What an invoice says of taxes: by line, to the fen, under the rules of the day on which it is issued."""

from datetime import date
from typing import Any

import pytest

from services.kit.store import Put
from services.orders.app.invoices.items import invoice_key
from services.orders.app.invoices.request_invoice import InvoiceDraft, request_invoice
from services.orders.domain import tax
from services.orders.domain.ids import InvoiceId
from services.orders.domain.invoice import Invoice, InvoiceLine
from services.orders.domain.order import Goods
from services.orders.domain.tax import TaxClass, TaxEdition, edition_in_force, editions, taxed
from tests.unit.orders.counter import BUYER
from tests.unit.orders.test_invoice_corrections import Desk
from tests.unit.orders.test_invoices import COMPANY, OF_ORDER, PERSON, call, requested, seen, two_courses
from tests.unit.orders.world import KEY, MEMBER, a_call

CODE = "3070201020000000000"
A_DAY_MS = 24 * 3_600_000


@pytest.fixture
def desk() -> Desk:
    """The desk."""
    return Desk()


@pytest.mark.parametrize(("amount_fen", "net_fen"), [(1, 1), (9, 8), (53, 50), (100, 94), (9_900, 9_340), (106, 100)])
def test_net_and_tax_come_to_the_amount(amount_fen: int, net_fen: int) -> None:
    line = taxed(InvoiceLine(1, Goods.COURSE, "期权", amount_fen), date(2026, 3, 2))
    assert (line.net_fen, line.tax_fen, line.amount_fen) == (net_fen, amount_fen - net_fen, amount_fen)


def test_no_tax_is_off_by_more_than_half_a_fen() -> None:
    for amount_fen in range(1, 3_000):
        line = taxed(InvoiceLine(1, Goods.MEMBERSHIP, "VIP会员", amount_fen), date(2026, 3, 2))
        assert abs(line.net_fen * 106 - amount_fen * 100) * 2 <= 106


def test_an_edition_that_was_in_force_is_never_edited() -> None:
    found = [(each.effective_from, {goods: vars(of) for goods, of in each.classes.items()}) for each in editions()]
    education = {"code": CODE, "name": "非学历教育服务", "rate_percent": 6}
    of_both = {Goods.COURSE: education, Goods.MEMBERSHIP: education}
    assert found[:2] == [(date(2016, 5, 1), of_both), (date(2026, 1, 1), of_both)]
    assert len({each.effective_from for each in editions()}) == len(editions())
    for each in editions():
        assert each.source
        assert all(len(of.code) == 19 and of.code.isdigit() for of in each.classes.values())


def test_the_edition_of_the_day_holds() -> None:
    assert "增值税法" in edition_in_force(date(2026, 1, 1)).source
    assert "财税〔2016〕36号" in edition_in_force(date(2025, 12, 31)).source
    with pytest.raises(LookupError):
        edition_in_force(date(2016, 4, 30))


def test_the_day_of_issue_decides(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def edition(day: date, rate_percent: int) -> TaxEdition:
        return TaxEdition(day, "a law", dict.fromkeys(Goods, TaxClass(CODE, "非学历教育服务", rate_percent)))

    laws = (edition(date(2026, 1, 1), 6), edition(date(2026, 3, 3), 9), edition(date(2026, 3, 4), 13))
    monkeypatch.setattr(tax, "editions", lambda: laws)
    right = desk.corrected()
    assert {item["rate_percent"] for item in right["items"]} == {6}, "as of today"
    desk.red_letter()
    desk.world.clock.advance(A_DAY_MS)
    assert desk.issue(right).body["items"][0]["rate_percent"] == 9
    desk.world.clock.advance(A_DAY_MS)
    now = seen(desk.world, desk.api, right)
    assert [(item["net_fen"], item["tax_fen"]) for item in now["items"]] == [(9_083, 817), (4_587, 413)]
    assert (now["net_fen"], now["tax_fen"], now["amount_fen"]) == (13_670, 1_230, 14_900)


def test_parts_of_an_order_are_of_its_lines_one_after_the_other(desk: Desk) -> None:
    order = two_courses(desk.world)
    asked = [requested(desk.world, desk.api, order, amount_fen=fen) for fen in (6_000, 6_000, None)]
    items = [[(item["number"], item["amount_fen"]) for item in invoice["items"]] for invoice in asked]
    assert items == [[(1, 6_000)], [(1, 3_900), (2, 2_100)], [(2, 2_900)]]
    item = asked[0]["items"][0]
    assert (item["title"], item["code"], item["rate_percent"]) == ("*非学历教育服务*期权", CODE, 6)


def test_an_invoice_from_before_lines_were_kept_goes_on(desk: Desk) -> None:
    order = two_courses(desk.world)
    old = requested(desk.world, desk.api, order, amount_fen=9_950)
    as_it_was(desk, old)
    assert (seen(desk.world, desk.api, old)["items"], seen(desk.world, desk.api, old)["tax_fen"]) == ([], None)
    rest = requested(desk.world, desk.api, order)
    assert [(item["number"], item["amount_fen"]) for item in rest["items"]] == [(2, 4_950)]
    desk.wrong = old
    assert desk.issue(old).body["status"] == "issued"
    assert [(item["number"], item["amount_fen"]) for item in desk.corrected()["items"]] == [(1, 9_900), (2, 50)]


def as_it_was(desk: Desk, invoice: dict[str, Any]) -> None:
    """Makes it what release 1.0.0 stored: without kind and lines."""
    key = invoice_key(InvoiceId(invoice["invoice_id"]))
    version, _ = desk.world.store.items[key]
    stored = desk.world.store.get(key, Invoice)
    assert stored
    old = stored.value
    before = Invoice(
        old.invoice_id, old.order_id, old.learner_id, old.buyer_kind, old.amount_fen, old.requested_at, old.status
    )
    desk.world.store.items[key] = (version, Put(key, before).body)


def test_a_special_invoice_is_for_companies(desk: Desk) -> None:
    order = two_courses(desk.world)
    path = OF_ORDER.format(order.order_id)
    before = desk.world.store.snapshot()
    refused = call(desk.world, desk.api, "POST", path, {**PERSON, "kind": "special"})
    assert refused.code == "INVOICE_SPECIAL_FOR_COMPANIES"
    assert call(desk.world, desk.api, "POST", path, {**COMPANY, "kind": "red"}).code == "INVALID_REQUEST"
    assert desk.world.store.snapshot() == before
    assert requested(desk.world, desk.api, order)["kind"] == "ordinary"
    assert desk.correct({**COMPANY, "kind": "special"}).body["kind"] == "special"


def test_a_special_invoice_stays_one_where_only_the_buyer_was_wrong(desk: Desk) -> None:
    order = two_courses(desk.world)
    desk.wrong = requested(desk.world, desk.api, order, kind="special")
    desk.issue(desk.wrong)
    assert desk.correct(PERSON).code == "INVOICE_SPECIAL_FOR_COMPANIES"
    answer = desk.finance(desk.wrong, "correction", {"reason": "抬头有误", "buyer": PERSON})
    assert answer.code == "INVOICE_SPECIAL_FOR_COMPANIES"
    assert desk.corrected()["kind"] == "special"


def test_a_retry_from_before_there_were_kinds_is_the_same_request(desk: Desk) -> None:
    order, call_ = two_courses(desk.world), a_call(MEMBER, KEY)
    old = call_.request("request_invoice", order_id=order.order_id, amount_fen=1, buyer=vars(BUYER))
    sent: list[Any] = []
    real = type(call_).request

    def spied(self: Any, action: str, **content: Any) -> Any:
        sent.append(real(self, action, **content))
        return sent[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(call_), "request", spied)
        request_invoice(desk.world.ctx, call_, InvoiceDraft(order.order_id, 1, BUYER))
    assert sent == [old]
