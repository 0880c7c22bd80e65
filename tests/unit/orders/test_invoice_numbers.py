"""Invoices' numbers: what the last release used, what finance mistyped, and what a whole number is."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.kit.audit import AuditRecord
from services.kit.days import Days, civil_day
from services.kit.store import Change, Put
from services.orders.app.finance.export_tables import INVOICES
from services.orders.app.invoices.items import (
    InvoiceNumber,
    NumberRegister,
    invoice_book,
    invoice_number_key,
    number_register_key,
)
from services.orders.app.invoices.numbers import register_numbers
from services.orders.app.ordering.find_order import find_order
from services.orders.domain.ids import InvoiceId
from services.orders.domain.invoice import is_whole_number
from tests.gateway import Answer
from tests.unit.orders.test_invoice_corrections import Desk
from tests.unit.orders.test_invoices import NUMBER, OTHER_NUMBER, RED, seen

EARLIER = "011002300411-12345678"
TYPED = "25117000000123456700"
REASON = "录入时看错一位"
TWO_DAYS = 2 * 24 * 3600 * 1000


class LastRelease(Desk):
    """An invoice that was issued and red-lettered, another in its place; the days until yesterday are registered."""

    def __init__(self) -> None:
        super().__init__()
        self.right = self.corrected()
        self.red_letter()
        self.world.store.commit(Change([Put(number_register_key(), NumberRegister(date(2026, 3, 1)))]))

    def forget(self, *numbers: str) -> None:
        """The last release registers no number."""
        for number in numbers:
            del self.world.store.items[invoice_number_key(number)]

    def renumber(self, invoice: dict[str, Any], wrong: str, number: str) -> Answer:
        """Finance corrects a number of an invoice."""
        return self.finance(invoice, "number-correction", {"wrong": wrong, "number": number, "reason": REASON})

    def holders(self, number: str) -> tuple[str, ...]:
        """Whose a number is, as registered."""
        found = self.world.store.get(invoice_number_key(number), InvoiceNumber)
        return found.value.holders if found else ()


@pytest.fixture
def desk() -> LastRelease:
    """The desk."""
    return LastRelease()


@pytest.mark.parametrize("number", [NUMBER, RED])
def test_a_number_of_the_last_release_is_taken_before_it_is_registered(desk: LastRelease, number: str) -> None:
    desk.forget(NUMBER, RED)
    desk.issue(desk.right, f"{NUMBER[:-1]}x")  # uploads the PDF
    before = desk.world.store.snapshot()
    assert desk.issue(desk.right, number).code == "INVOICE_NUMBER_TAKEN"
    assert desk.world.store.snapshot() == before
    assert desk.issue(desk.right, OTHER_NUMBER).status == 200


def test_numbers_of_days_that_are_over_are_registered_once(desk: LastRelease) -> None:
    desk.forget(NUMBER, RED)
    assert register_numbers(desk.world.ctx) == 0, "the last release may still write today's"
    desk.world.clock.advance(TWO_DAYS)
    assert register_numbers(desk.world.ctx, lambda: True) == 0
    assert register_numbers(desk.world.ctx) == 2
    before = desk.world.store.snapshot()
    assert register_numbers(desk.world.ctx) == 0
    assert desk.world.store.snapshot() == before
    assert find_order(desk.world.ctx, RED).order_id == desk.order.order_id
    assert desk.issue(desk.right, NUMBER).code == "INVOICE_NUMBER_TAKEN"


def test_a_number_that_both_releases_used_is_named_and_free_once_nobody_has_it(
    desk: LastRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.issue(desk.right)
    wrong, right = desk.wrong["invoice_id"], desk.right["invoice_id"]
    stored = desk.world.store.get(invoice_number_key(NUMBER), InvoiceNumber)
    assert stored
    desk.world.store.commit(Change([stored.put(replace(stored.value, invoice_id=InvoiceId(right)))]))
    desk.world.clock.advance(TWO_DAYS)
    register_numbers(desk.world.ctx)
    assert desk.holders(NUMBER) == (right, wrong)
    assert "InvoiceNumbersTwice" in capsys.readouterr().out
    assert desk.renumber(desk.wrong, NUMBER, TYPED).status == 200
    assert desk.holders(NUMBER) == (right,)


def test_a_mistyped_number_is_corrected_and_free_again(desk: LastRelease) -> None:
    after = desk.renumber(desk.wrong, NUMBER, EARLIER).body
    assert (after["number"], after["red_number"], after["standing_fen"]) == (EARLIER, RED, 0)
    assert [(was["wrong"], was["right"]) for was in after["corrected_numbers"]] == [(NUMBER, EARLIER)]
    before = desk.world.store.snapshot()
    assert desk.renumber(desk.wrong, NUMBER, EARLIER).body == after, "said again"
    assert desk.renumber(desk.wrong, NUMBER, TYPED).body["numbers"] == [EARLIER, RED]
    assert desk.renumber(desk.right, "1", TYPED).code == "INVOICE_NUMBER_UNKNOWN", "not issued yet"
    assert desk.renumber(desk.wrong, EARLIER, RED).code == "INVOICE_NUMBER_TAKEN"
    assert desk.renumber(desk.wrong, EARLIER, "12345678").code == "INVOICE_CODE_MISSING"
    assert desk.world.store.snapshot() == before
    assert desk.issue(desk.right, NUMBER).status == 200
    assert (desk.holders(NUMBER), desk.holders(EARLIER)) == (
        (desk.right["invoice_id"],),
        (desk.wrong["invoice_id"],),
    )
    audit = [item.value for item in desk.world.store.query("AUDIT#2026-03", "", AuditRecord)]
    assert [entry.reason for entry in audit if entry.action == "correct_invoice_number"] == [
        f"{NUMBER} → {EARLIER}: {REASON}"
    ]


def test_a_red_letters_number_is_corrected_too(desk: LastRelease) -> None:
    after = desk.renumber(desk.wrong, RED, TYPED).body
    assert (after["number"], after["red_number"], after["red_letters"][0]["number"]) == (NUMBER, TYPED, TYPED)
    assert (desk.holders(RED), desk.holders(TYPED)) == ((), (desk.wrong["invoice_id"],))
    assert seen(desk.world, desk.api, desk.wrong)["status"] == "red_lettered"


def test_a_correction_and_an_issue_in_the_same_moment_do_not_share_a_number(desk: LastRelease) -> None:
    desk.issue(desk.right)
    desk.world.store.before_commit = lambda: desk.renumber(desk.right, OTHER_NUMBER, TYPED)
    assert desk.renumber(desk.wrong, NUMBER, TYPED).code == "INVOICE_NUMBER_TAKEN"
    assert desk.holders(TYPED) == (desk.right["invoice_id"],)


def test_a_corrected_number_of_the_last_release_stays_free_when_its_day_is_registered(desk: LastRelease) -> None:
    desk.forget(NUMBER)
    desk.renumber(desk.wrong, NUMBER, TYPED)
    assert desk.renumber(desk.wrong, TYPED, NUMBER).status == 200, "it was right after all"
    assert desk.renumber(desk.wrong, NUMBER, TYPED).status == 200
    desk.world.clock.advance(TWO_DAYS)
    register_numbers(desk.world.ctx)
    assert (desk.holders(NUMBER), desk.holders(TYPED)) == ((), (desk.wrong["invoice_id"],))
    assert desk.issue(desk.right, NUMBER).status == 200


def test_exports_tell_a_correction_on_its_day_and_change_no_sum(desk: LastRelease) -> None:
    day = civil_day(desk.world.clock.now())
    before = [INVOICES.row(entry) for entry in invoice_book(desk.world.store, Days(day, day))]
    desk.world.clock.advance(TWO_DAYS)
    desk.renumber(desk.wrong, NUMBER, EARLIER)
    desk.renumber(desk.wrong, RED, TYPED)
    assert [INVOICES.row(entry) for entry in invoice_book(desk.world.store, Days(day, day))] == before
    later = civil_day(desk.world.clock.now())
    names = [column.name for column in INVOICES.columns]
    entries = invoice_book(desk.world.store, Days(later, later))
    told = [dict(zip(names, INVOICES.row(entry), strict=True)) for entry in entries]
    shown = ("number", "red_number", "wrong_number", "issued", "red_lettered")
    assert [tuple(row[name] for name in shown) for row in told] == [
        (EARLIER, RED, NUMBER, 0, 0),
        (EARLIER, TYPED, RED, 0, 0),
    ]


@pytest.mark.parametrize(
    ("number", "is_whole"),
    [
        ("25117000000123456789", True),
        ("011002300411-12345678", True),
        ("1100234130-12345678", True),
        ("12345678", False),
        ("110023413012345678", False),
        ("11002300411-12345678", False),
        ("２５117000000123456789", False),
    ],
)
def test_eight_digits_are_a_number_behind_their_code_only(number: str, is_whole: bool) -> None:
    assert is_whole_number(number) == is_whole
