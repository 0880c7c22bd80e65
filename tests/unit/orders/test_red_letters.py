"""Red letters of what went back: a line or several, once or over time, never more than the invoice."""

from typing import Any

import pytest

from services.kit.days import Days, civil_day
from services.kit.store import Put
from services.orders.app.invoices.items import invoice_book, invoice_key, invoice_number_key
from services.orders.domain.ids import InvoiceId
from services.orders.domain.invoice import Invoice, InvoiceStatus
from tests.gateway import Answer
from tests.unit.orders.shop import ask, decide
from tests.unit.orders.test_invoice_corrections import Desk
from tests.unit.orders.test_invoices import NUMBER, RED, issued, requested, seen, two_courses

SECOND_RED = f"{RED[:-1]}5"


@pytest.fixture
def desk() -> Desk:
    """An order of 9900 and 5000, whose invoice is issued."""
    return Desk()


def red(desk: Desk, number: str = RED, **body: Any) -> Answer:
    """Finance notes a red letter of it."""
    return desk.finance(desk.wrong, "red-letter", {"number": number, **body})


def now(desk: Desk) -> dict[str, Any]:
    """As it stands."""
    return seen(desk.world, desk.api, desk.wrong)


def letters(desk: Desk) -> list[tuple[str, list[int], int]]:
    """The red letters that it has."""
    return [(letter["number"], letter["lines"], letter["amount_fen"]) for letter in now(desk)["red_letters"]]


def of_release_1(desk: Desk, **members: Any) -> None:
    """The invoice as release 1.0.0 wrote it: neither kind nor lines, and no number is registered."""
    key = invoice_key(InvoiceId(desk.wrong["invoice_id"]))
    stored = desk.world.store.get(key, Invoice)
    assert stored
    names = ("invoice_id", "order_id", "learner_id", "buyer_kind", "amount_fen", "requested_at", "status", "number")
    known = {name: getattr(stored.value, name) for name in (*names, "document", "issued_at")}
    desk.world.store.items[key] = (stored.version, Put(key, Invoice(**{**known, **members})).body)
    desk.world.store.items.pop(invoice_number_key(NUMBER))


def test_a_line_that_goes_back_needs_a_red_letter_of_that_line(desk: Desk) -> None:
    desk.refund(1)
    due = now(desk)
    assert (due["status"], due["red_due_fen"], due["red_due_lines"]) == ("red_needed", 9_900, [1])
    letter = red(desk, amount_fen=9_900).body
    assert (letter["status"], letter["standing_fen"], letter["red_due_fen"]) == ("issued", 5_000, 0)
    assert (letters(desk), desk.left()) == ([(RED, [1], 9_900)], 0)


def test_several_over_time_take_back_the_whole_and_no_more(desk: Desk) -> None:
    desk.refund(1)
    first = red(desk)
    assert red(desk, SECOND_RED).code == "INVOICE_PAST_THIS", "nothing more is due"
    desk.refund(2)
    assert now(desk)["red_due_fen"] == 5_000
    before = desk.world.store.snapshot()
    assert red(desk).status == first.status, "said again"
    assert red(desk, SECOND_RED, amount_fen=14_900).body["red_due_fen"] == 5_000
    assert desk.world.store.snapshot() == before
    done = red(desk, SECOND_RED).body
    assert (done["status"], done["standing_fen"]) == ("red_lettered", 0)
    assert letters(desk) == [(RED, [1], 9_900), (SECOND_RED, [2], 5_000)]
    today = civil_day(desk.world.clock.now())
    entries = [(entry.status, entry.amount_fen) for entry in invoice_book(desk.world.store, Days(today, today))]
    assert sorted(entries) == [("issued", 14_900), ("red_lettered", 5_000), ("red_lettered", 9_900)]


def test_two_lines_that_go_back_before_the_letter_are_in_one(desk: Desk) -> None:
    desk.refund(2)
    desk.refund(1)
    assert now(desk)["red_due_lines"] == [1, 2]
    assert red(desk, amount_fen=14_900).body["status"] == "red_lettered"


def test_a_letter_in_the_moment_of_another_refund_leaves_that_due(desk: Desk) -> None:
    desk.refund(2)
    decided: list[Answer] = []
    line = ask(desk.world, desk.order, 1)
    desk.world.store.before_commit = lambda: decided.append(red(desk, amount_fen=5_000))
    decide(desk.world, line.lines[0])
    assert decided[0].body["standing_fen"] == 9_900
    assert (now(desk)["status"], now(desk)["red_due_lines"], letters(desk)) == ("red_needed", [1], [(RED, [2], 5_000)])


def test_what_is_only_requested_has_no_red_letter(desk: Desk) -> None:
    desk.wrong = requested(desk.world, desk.api, two_courses(desk.world))
    before = desk.world.store.snapshot()
    assert red(desk).code == "INVOICE_PAST_THIS"
    assert desk.world.store.snapshot() == before


def test_a_line_goes_back_on_each_invoice_that_has_it(desk: Desk) -> None:
    order = two_courses(desk.world)
    numbers = (f"{NUMBER[:-2]}{number}" for number in range(10, 20))
    parts = [issued(desk.world, desk.api, desk.files, order, next(numbers), amount_fen=fen) for fen in (6_000, None)]
    decide(desk.world, ask(desk.world, order, 1).lines[0])
    found = [seen(desk.world, desk.api, part) for part in parts]
    assert [(part["status"], part["red_due_fen"]) for part in found] == [("red_needed", 6_000), ("red_needed", 3_900)]


def test_what_stands_after_a_red_letter_can_be_corrected(desk: Desk) -> None:
    desk.refund(1)
    red(desk)
    right = desk.corrected()
    assert (right["amount_fen"], [item["number"] for item in right["items"]]) == (5_000, [2])
    assert (now(desk)["red_due_fen"], desk.left()) == (5_000, 0)
    assert red(desk, SECOND_RED).body["status"] == "red_lettered"
    assert desk.issue(right).body["standing_fen"] == 5_000


def test_a_whole_letter_that_was_written_for_a_line_is_noted_by_a_correction(desk: Desk) -> None:
    """Finance wrote the whole back at the tax authority before the line went back, or by mistake."""
    desk.refund(1)
    assert red(desk, amount_fen=14_900).code == "INVOICE_RED_LETTER_WRONG"
    right = desk.finance(desk.wrong, "correction", {"reason": "红字发票已全额开具"}).body
    assert (right["amount_fen"], now(desk)["red_due_fen"]) == (5_000, 14_900)
    desk.finance(right, "rejection", {"reason": "试试"})
    assert (now(desk)["status"], now(desk)["red_due_lines"]) == ("red_needed", [1]), "as it was"
    right = desk.finance(desk.wrong, "correction", {"reason": "红字发票已全额开具"}).body
    assert red(desk, amount_fen=14_900).body["status"] == "red_lettered"
    assert desk.issue(right).body["standing_fen"] == 5_000


def test_an_invoice_of_release_1_goes_whole(desk: Desk) -> None:
    of_release_1(desk)
    desk.refund(1)
    assert (now(desk)["status"], now(desk)["red_due_fen"], now(desk)["red_due_lines"]) == ("red_needed", 14_900, [])
    assert red(desk, amount_fen=14_900).body["status"] == "red_lettered"
    assert (letters(desk), desk.left()) == ([(RED, [], 14_900)], 5_000)


def test_what_release_1_red_lettered_tells_its_letter(desk: Desk) -> None:
    at = desk.world.clock.now()
    of_release_1(desk, status=InvoiceStatus.RED_LETTERED, red_number=RED, red_lettered_at=at)
    assert (letters(desk), now(desk)["standing_fen"]) == ([(RED, [], 14_900)], 0)
    assert red(desk).status == 200, "said again"
    assert desk.left() == 14_900


def test_release_1_beside_this_one_has_the_whole_of_an_invoice_red_lettered(desk: Desk) -> None:
    """It knows no lines and carries them through; what was due goes, and so does the rest."""
    desk.refund(1)
    red(desk)
    key = invoice_key(InvoiceId(desk.wrong["invoice_id"]))
    version, body = desk.world.store.items[key]
    desk.world.store.items[key] = (version, body.replace('"status":"issued"', '"status":"red_needed"'))
    assert (now(desk)["red_due_fen"], now(desk)["red_due_lines"]) == (5_000, [2])
    body = body.replace('"status":"issued"', '"status":"red_lettered"').replace(
        f'"red_number":"{RED}"', f'"red_number":"{SECOND_RED}"'
    )
    desk.world.store.items[key] = (version, body)
    assert (letters(desk), now(desk)["standing_fen"]) == ([(RED, [1], 9_900), (SECOND_RED, [2], 5_000)], 0)
