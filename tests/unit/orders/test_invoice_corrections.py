"""An invoice that is issued and wrong: red-lettered, and another one in its place; the order is not refunded."""

from contextlib import suppress
from typing import Any

import pytest

from services.orders.app.context import InvoiceContext
from services.orders.handlers.aftersale import build_api
from tests.fakes.invoice_files import MemoryInvoiceFiles
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.orders.shop import ask, decide, reread
from tests.unit.orders.test_erasing import erase
from tests.unit.orders.test_invoices import (
    COMPANY,
    FILE,
    OF_ORDER,
    OTHER_NUMBER,
    OWN,
    PDF,
    PERSON,
    RED,
    call,
    finance,
    issued,
    left,
    requested,
    seen,
    two_courses,
)
from tests.unit.orders.world import KEY, MEMBER, VISITOR, World

RIGHT = {**COMPANY, "title": "北京某某咨询股份有限公司"}


class Desk:
    """A paid order of two courses, 9900 and 5000, whose invoice is issued; learner and finance deal with it."""

    def __init__(self) -> None:
        self.world, self.files = World(), MemoryInvoiceFiles()
        self.api = build_api(InvoiceContext(**vars(self.world.ctx), files=self.files), origin_secret)
        self.order = two_courses(self.world)
        self.wrong = issued(self.world, self.api, self.files, self.order)

    def correct(self, body: Any = RIGHT, **who: str) -> Answer:
        """The learner asks for the right one."""
        path = f"{OWN.format(self.wrong['invoice_id'])}/correction"
        return call(self.world, self.api, "POST", path, body, **who)

    def corrected(self) -> dict[str, Any]:
        """The right one, requested."""
        answer = self.correct()
        assert answer.status == 201, answer.body
        right: dict[str, Any] = answer.body
        return right

    def finance(self, invoice: dict[str, Any], action: str, body: Any) -> Answer:
        """What finance does."""
        return finance(self.world, self.api, invoice, action, body)

    def issue(self, invoice: dict[str, Any], number: str = OTHER_NUMBER) -> Answer:
        """Finance issues it; where the PDF is there already, it is not uploaded again."""
        with suppress(PermissionError):
            self.files.put(self.finance(invoice, "document-uploads", FILE).body["url"], PDF)
        return self.finance(invoice, "issue", {**FILE, "number": number})

    def red_letter(self) -> Answer:
        """Finance notes the red letter of the wrong one."""
        return self.finance(self.wrong, "red-letter", {"number": RED})

    def refund(self, number: int) -> None:
        """A line of the order goes back."""
        decide(self.world, ask(self.world, self.order, number).lines[0])

    def stand(self, *invoices: dict[str, Any]) -> list[str]:
        """How these stand."""
        return [seen(self.world, self.api, invoice)["status"] for invoice in invoices]

    def left(self) -> int:
        """What can still be invoiced."""
        return left(self.world, self.api, self.order)


@pytest.fixture
def desk() -> Desk:
    """The desk."""
    return Desk()


def test_a_typing_error_is_corrected_without_a_refund(desk: Desk) -> None:
    right = desk.corrected()
    assert (right["amount_fen"], right["buyer"]["title"], right["corrects"]) == (
        14_900,
        RIGHT["title"],
        desk.wrong["invoice_id"],
    )
    wrong = seen(desk.world, desk.api, desk.wrong)
    assert (wrong["status"], wrong["corrected_by"]) == ("red_needed", right["invoice_id"])
    assert desk.left() == 0
    refused = desk.issue(right)
    assert (refused.code, refused.body["corrects"]) == ("INVOICE_RED_LETTER_FIRST", desk.wrong["invoice_id"])
    assert desk.red_letter().body["status"] == "red_lettered"
    assert desk.left() == 0, "the right one counts in its place"
    assert desk.issue(right).body["status"] == "issued"
    assert (desk.stand(desk.wrong, right), desk.left()) == (["red_lettered", "issued"], 0)
    assert reread(desk.world, desk.order).refunded_fen == 0


def test_the_same_correction_again_is_one_and_another_is_refused(desk: Desk) -> None:
    path = f"{OWN.format(desk.wrong['invoice_id'])}/correction"

    def sent(body: Any) -> Answer:
        return send(desk.api, request("POST", path, body, who=claims(MEMBER, "learner"), idempotency_key=KEY))

    first, before = sent(RIGHT), desk.world.store.snapshot()
    assert sent(RIGHT).body == first.body
    assert sent(PERSON).code == "IDEMPOTENCY_KEY_REUSED"
    assert desk.correct().code == "INVOICE_PAST_THIS"
    assert desk.world.store.snapshot() == before


def test_two_corrections_in_the_same_moment_are_one(desk: Desk) -> None:
    desk.world.store.before_commit = desk.correct
    assert desk.correct().code == "INVOICE_PAST_THIS"
    assert len(call(desk.world, desk.api, "GET", OF_ORDER.format(desk.order.order_id)).body["invoices"]) == 2


@pytest.mark.parametrize("by", ["learner", "finance"])
def test_a_correction_that_is_given_up_leaves_the_invoice_as_it_was(desk: Desk, by: str) -> None:
    right = desk.corrected()
    if by == "learner":
        call(desk.world, desk.api, "POST", f"{OWN.format(right['invoice_id'])}/cancellation")
    else:
        desk.finance(right, "rejection", {"reason": "抬头无误"})
    assert desk.stand(desk.wrong, right) == ["issued", "cancelled"]
    assert seen(desk.world, desk.api, desk.wrong)["corrected_by"] is None
    assert desk.left() == 0
    assert desk.correct().status == 201


def test_a_correction_that_is_given_up_after_the_red_letter_leaves_the_sum_to_be_invoiced(desk: Desk) -> None:
    right = desk.corrected()
    desk.red_letter()
    call(desk.world, desk.api, "POST", f"{OWN.format(right['invoice_id'])}/cancellation")
    assert (desk.stand(desk.wrong, right), desk.left()) == (["red_lettered", "cancelled"], 14_900)


def test_the_red_letter_in_the_moment_of_giving_up_is_kept(desk: Desk) -> None:
    right = desk.corrected()
    desk.world.store.before_commit = desk.red_letter
    call(desk.world, desk.api, "POST", f"{OWN.format(right['invoice_id'])}/cancellation")
    assert (desk.stand(desk.wrong, right), desk.left()) == (["red_lettered", "cancelled"], 14_900)


@pytest.mark.parametrize("step", ["requested", "red_lettered", "issued"])
def test_a_refund_in_the_middle_leaves_what_was_kept(desk: Desk, step: str) -> None:
    right = desk.corrected()
    if step != "requested":
        desk.red_letter()
    if step == "issued":
        desk.issue(right)
    desk.refund(1)
    expected = {
        "requested": ["red_needed", "cancelled"],
        "red_lettered": ["red_lettered", "cancelled"],
        "issued": ["red_lettered", "red_needed"],
    }
    assert desk.stand(desk.wrong, right) == expected[step]
    assert seen(desk.world, desk.api, desk.wrong)["corrected_by"] in (None, right["invoice_id"])
    stays = {"requested": desk.wrong, "issued": right}.get(step)
    if stays is None:
        assert requested(desk.world, desk.api, desk.order)["amount_fen"] == 5_000
    else:
        letter = desk.finance(stays, "red-letter", {"number": f"{RED[:-1]}9", "amount_fen": 9_900})
        assert (letter.body["status"], letter.body["standing_fen"]) == ("issued", 5_000)
    assert desk.left() == 0


def test_finance_corrects_for_a_reason_and_leaves_a_right_buyer(desk: Desk) -> None:
    before = sum(key.pk.startswith("AUDIT#") for key in desk.world.store.items)
    answer = desk.finance(desk.wrong, "correction", {"reason": "项目名称有误"})
    assert (answer.status, answer.body["buyer"]["title"]) == (201, COMPANY["title"])
    assert sum(key.pk.startswith("AUDIT#") for key in desk.world.store.items) == before + 1
    desk.finance(answer.body, "rejection", {"reason": "无误"})
    other = desk.finance(desk.wrong, "correction", {"reason": "抬头有误", "buyer": PERSON})
    assert other.body["buyer"]["title"] == PERSON["title"]


def test_what_is_not_issued_is_not_corrected(desk: Desk) -> None:
    right = desk.corrected()
    before = desk.world.store.snapshot()
    assert desk.finance(desk.wrong, "issue", {**FILE, "number": OTHER_NUMBER}).code == "INVOICE_PAST_THIS"
    for invoice in (desk.wrong, right):
        assert desk.finance(invoice, "correction", {"reason": "抬头有误"}).code == "INVOICE_PAST_THIS"
    assert desk.world.store.snapshot() == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**COMPANY, "tax_id": None}, "TAX_ID_WRONG"),
        ({**PERSON, "title": ""}, "INVALID_REQUEST"),
        ({**PERSON, "amount_fen": 1}, "INVALID_REQUEST"),
    ],
)
def test_wrong_corrections_change_nothing(desk: Desk, body: Any, code: str) -> None:
    before = desk.world.store.snapshot()
    assert desk.correct(body).code == code
    assert desk.finance(desk.wrong, "correction", {"reason": "错", "buyer": body}).code == code
    assert desk.correct(who=VISITOR).code == "INVOICE_NOT_FOUND"
    assert desk.world.store.snapshot() == before


def test_after_an_erasure_nothing_is_corrected_and_what_was_asked_for_is_given_up(desk: Desk) -> None:
    right = desk.corrected()
    erase(desk.world)
    assert desk.stand(desk.wrong, right) == ["issued", "cancelled"]
    before = desk.world.store.snapshot()
    assert desk.correct().code == "PERSON_ERASED"
    assert desk.finance(desk.wrong, "correction", {"reason": "错"}).code == "PERSON_ERASED"
    assert desk.world.store.snapshot() == before
