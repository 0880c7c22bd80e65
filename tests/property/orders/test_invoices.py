"""Invoices of an order that is refunded line by line meanwhile: asked for, issued, corrected and red-lettered as people
and functions that die please.

One number is used once; what stands at the tax authority is never more than was paid, and in the end what was kept.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from hashlib import sha256
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.kit.days import Days
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from services.kit.store import Change, Put
from services.orders.app.context import InvoiceContext
from services.orders.app.invoices.correct_invoice import Correction, correct_as_finance, correct_own_invoice
from services.orders.app.invoices.issue_invoice import (
    correct_number,
    file_key,
    issue_invoice,
    red_letter,
    reject_request,
)
from services.orders.app.invoices.items import (
    NumberRegister,
    invoice_book,
    invoice_number_key,
    number_register_key,
    read_invoice,
    stored_invoices,
)
from services.orders.app.invoices.request_invoice import (
    MAX_INVOICES,
    InvoiceDraft,
    cancel_request,
    invoices_of_order,
    request_invoice,
)
from services.orders.domain.ids import CourseId, InvoiceId
from services.orders.domain.invoice import Buyer, BuyerKind, Document, Invoice, InvoiceKind, InvoiceStatus
from services.orders.domain.order import LineState, Order
from services.orders.domain.refund import RefundLine
from tests.fakes.invoice_files import MemoryInvoiceFiles
from tests.unit.orders.counter import BUYER, FINANCE
from tests.unit.orders.shop import a_line, ask, decide, pay, place, reread
from tests.unit.orders.world import MEMBER, Crash, World, a_call, die

PDF = b"%PDF-1.7 an invoice"
DOCUMENT = Document(sha256(PDF).hexdigest(), len(PDF))
PERSON = Buyer(BuyerKind.PERSON, "张三")
TODAY = Days(date(2026, 3, 2), date(2026, 3, 2))
LEARNER = Principal(MEMBER, frozenset({Role.LEARNER}))
crashes = st.sampled_from([None, None, "before", "after"])
which = st.integers(0, MAX_INVOICES)
numbers = st.integers(0, 3)
buyers = st.sampled_from([BUYER, PERSON])
VALID = ("91110000600037341L", "11010519491231002X", "11010519491231002B")
"""A company's and, by identity number, a sole trader's, whose digits with a B are a body's code too.

No other last character is right.
"""
UNSEEN = "\u200b\u202e\u2066\u3164\ufeff\ue000\u0085\u2028"
titles = st.text(st.sampled_from(f"张三公司{UNSEEN}"), min_size=1, max_size=4)
last_characters = st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY")
tax_ids = st.sampled_from([None, "0" * 18, "0" * 20, "Z" * 18, *VALID]) | st.builds(
    lambda tax_id, last: tax_id[:-1] + last, st.sampled_from(VALID), last_characters
)
any_buyers = st.builds(Buyer, st.sampled_from(BuyerKind), st.just("公司"), tax_ids) | st.builds(
    Buyer, st.just(BuyerKind.PERSON), titles
)
"""Most of them are not to be taken."""
kinds = st.sampled_from(InvoiceKind)
shares = st.sampled_from([None, 1, 3_000, 9_901])


class InvoiceMachine(RuleBasedStateMachine):
    """One order of three courses, its learner, finance and playback's answers."""

    def __init__(self) -> None:
        super().__init__()
        self.world, self.files = World(), MemoryInvoiceFiles()
        self.ctx = InvoiceContext(**vars(self.world.ctx), files=self.files)
        lines = [a_line(n, CourseId(f"course-{n}"), price) for n, price in ((1, 9_900), (2, 5_000), (3, 1))]
        self.order = place(self.world, *lines)
        pay(self.world, self.order)
        yesterday = NumberRegister(date(2026, 3, 1))
        self.world.store.commit(Change([Put(number_register_key(), yesterday)]))
        self.undecided: list[RefundLine] = []

    @rule(share=shares, buyer=buyers | any_buyers, kind=kinds, crash=crashes)
    def request(self, share: int | None, buyer: Buyer, kind: InvoiceKind, crash: str | None) -> None:
        """The learner asks for all that is left or for a part."""
        draft, call = InvoiceDraft(self.order.order_id, share, buyer, kind), a_call(LEARNER, self.world.ids.new())
        self.attempt(lambda: request_invoice(self.ctx, call, draft), crash)

    @rule(share=shares)
    def request_of_release_1(self, share: int | None) -> None:
        """The same, of a function that still runs the last release: it writes no lines."""
        draft = InvoiceDraft(self.order.order_id, share, PERSON)
        with suppress(Problem):
            asked = request_invoice(self.ctx, a_call(LEARNER, self.world.ids.new()), draft).invoice
            stored = read_invoice(self.ctx, asked.invoice_id)
            self.world.store.commit(Change([stored.put(replace(stored.value, lines=()))]))

    @rule(which=which, by_learner=st.booleans(), crash=crashes)
    def give_up(self, which: int, by_learner: bool, crash: str | None) -> None:
        """The learner withdraws a request, or finance turns it down."""
        self.with_one(which, lambda one: self.attempt(lambda: self.given_up(one, by_learner), crash))

    @rule(which=which, number=numbers, crash=crashes, of_release_1=st.booleans())
    def issue(self, which: int, number: int, crash: str | None, of_release_1: bool = False) -> None:
        """Finance issues one, perhaps under a number that is used, perhaps by the last release: it registers none."""
        self.with_one(which, lambda one: self.attempt(lambda: self.issued(one, number_of(number)), crash))
        if of_release_1:
            self.world.store.items.pop(invoice_number_key(number_of(number)), None)

    @rule(which=which, number=numbers, crash=crashes)
    def red_letter(self, which: int, number: int, crash: str | None) -> None:
        """Finance notes a red letter, perhaps under a number that is used."""
        self.with_one(which, lambda one: self.attempt(lambda: self.red_lettered(one, number_of(number)), crash))

    @rule(which=which, wrong=st.integers(0, 2), number=numbers, crash=crashes)
    def correct_number(self, which: int, wrong: int, number: int, crash: str | None) -> None:
        """Finance puts right a number of an invoice or of a red letter, perhaps by one that is used."""

        def corrected(one: Invoice) -> object:
            has, right = sorted(one.numbers), number_of(number)
            call = a_call(FINANCE)
            return has and correct_number(self.ctx, call, one.invoice_id, has[wrong % len(has)], right, "录错")

        self.with_one(which, lambda one: self.attempt(lambda: corrected(one), crash))

    @rule(which=which, buyer=buyers | any_buyers, kind=kinds, by_learner=st.booleans(), crash=crashes)
    def correct(self, which: int, buyer: Buyer, kind: InvoiceKind, by_learner: bool, crash: str | None) -> None:
        """The learner asks for the right one, or finance does."""
        key = self.world.ids.new()

        def corrected(one: Invoice) -> object:
            correction = Correction(one.invoice_id, buyer, kind)
            if by_learner:
                return correct_own_invoice(self.ctx, a_call(LEARNER, key), correction)
            return correct_as_finance(self.ctx, a_call(FINANCE, key), correction, "抬头有误")

        self.with_one(which, lambda one: self.attempt(lambda: corrected(one), crash))

    @rule(number=st.integers(1, 3))
    def ask_back(self, number: int) -> None:
        """The learner asks for the money of a line."""
        with suppress(Problem):
            self.undecided += ask(self.world, self.order, number).lines

    @precondition(lambda self: self.undecided)
    @rule(kept=st.booleans())
    def playback_decides(self, kept: bool) -> None:
        """A line goes back, or is kept."""
        decide(self.world, self.undecided.pop(), completed=["watch-1"] if kept else [])

    @invariant()
    def a_number_is_used_once(self) -> None:
        """By invoices and red letters alike."""
        letters = [letter.number for one in self.invoices() for letter in one.letters]
        used = [one.number for one in self.invoices() if one.number] + letters
        assert len(used) == len(set(used))

    @invariant()
    def whoever_it_is_made_out_to_can_be_read_and_taxed(self) -> None:
        """Each character of a title shows something, in order; a company has a valid number, and nobody else any."""
        for found in invoices_of_order(self.ctx, MEMBER, self.order.order_id)[0]:
            assert found.buyer
            assert not set(found.buyer.title) & set(UNSEEN)
            assert found.buyer.tax_id in (VALID if found.buyer.kind is BuyerKind.COMPANY else (None,))

    @invariant()
    def no_more_stands_than_was_paid(self) -> None:
        """What is to stand fits what was kept, and what can still be asked for fits beside all that is there."""
        order, invoices = self.now(), self.invoices()
        kept = {line.number: line.due_fen for line in order.lines if line.state is not LineState.REFUNDED}
        staying = sum(one.staying_fen for one in invoices)
        lines = Counter[int]()
        for one in invoices:
            assert 0 <= one.red_due_fen <= one.standing_fen <= one.amount_fen
            lines.update({line.number: line.amount_fen for line in one.staying_lines})
        left = invoices_of_order(self.ctx, MEMBER, order.order_id)[1]
        assert sum(one.standing_fen for one in invoices if one.issued_at) <= order.amount_fen
        assert staying <= sum(kept.values())
        assert all(fen <= kept.get(number, 0) for number, fen in lines.items())
        assert 0 <= left <= sum(kept.values())
        assert not left or staying + left <= sum(kept.values())

    @invariant()
    def a_red_letter_is_due_where_something_is(self) -> None:
        """And of lines that went back, unless the invoice is corrected or has none."""
        gone = {line.number for line in self.now().lines if line.state is LineState.REFUNDED}
        for one in self.invoices():
            assert (one.status is InvoiceStatus.RED_NEEDED) == (one.red_due_fen > 0)
            if one.lines and not one.corrected_by:
                assert {line.number for line in one.red_due_lines} <= gone

    @invariant()
    def lines_and_taxes_add_up(self) -> None:
        """To the invoice, and in all to no more than each line of the order cost; special ones are a company's."""
        invoiced = Counter[int]()
        for found in invoices_of_order(self.ctx, MEMBER, self.order.order_id)[0]:
            one, items = found.invoice, found.items
            assert sum(item.net_fen + item.tax_fen for item in items) == (one.amount_fen if one.lines else 0)
            assert all(item.net_fen > 0 and item.tax_fen >= 0 for item in items)
            assert one.kind is InvoiceKind.ORDINARY or one.buyer_kind is BuyerKind.COMPANY
            if one.issued_at:
                invoiced.update({line.number: line.amount_fen for line in one.standing_lines})
        assert all(fen <= self.order.line(number).due_fen for number, fen in invoiced.items())

    @invariant()
    def the_book_says_what_stands(self) -> None:
        """What was entered as issued less what was entered as red-lettered."""
        entries = list(invoice_book(self.world.store, TODAY))
        red = sum(entry.amount_fen for entry in entries if entry.status is InvoiceStatus.RED_LETTERED)
        issued = sum(entry.amount_fen for entry in entries if entry.status is InvoiceStatus.ISSUED)
        assert issued - red == sum(one.standing_fen for one in self.invoices() if one.issued_at)

    @invariant()
    def a_wrong_one_and_the_right_one_know_each_other(self) -> None:
        """What corrects another is issued after that is red-lettered; one that is given up leaves it."""
        known = {one.invoice_id: one for one in self.invoices()}
        for one in known.values():
            if one.corrects and one.status is InvoiceStatus.REQUESTED:
                assert known[one.corrects].corrected_by == one.invoice_id
                assert known[one.corrects].status in (InvoiceStatus.RED_NEEDED, InvoiceStatus.RED_LETTERED)
            elif one.corrects and one.status is not InvoiceStatus.CANCELLED:
                assert known[one.corrects].status is InvoiceStatus.RED_LETTERED

    def teardown(self) -> None:
        """Playback decides and finance works off its list; then what was kept can be invoiced, to the fen."""
        for line in self.undecided:
            decide(self.world, line)
        fresh = (number_of(number) for number in count(100))
        for one in self.invoices():
            if one.status is InvoiceStatus.RED_NEEDED:
                self.red_lettered(one, next(fresh))
        for one in self.invoices():
            if one.status is InvoiceStatus.REQUESTED:
                self.issued(one, next(fresh))
        stands = sum(one.standing_fen for one in self.invoices())
        left = invoices_of_order(self.ctx, MEMBER, self.order.order_id)[1]
        assert stands + left == sum(line.due_fen for line in self.now().lines if line.state is LineState.GRANTED)

    def attempt(self, act: Callable[[], object], crash: str | None) -> None:
        """A refusal changes nothing; who gets no answer does the same again."""
        before = self.world.store.snapshot()
        self.world.store.before_commit = die if crash == "before" else None
        self.world.store.after_commit = die if crash == "after" else None
        try:
            act()
        except Problem:
            assert self.world.store.snapshot() == before
        except Crash:
            act()
        finally:
            self.world.store.before_commit = self.world.store.after_commit = None

    def with_one(self, which: int, act: Callable[[Invoice], object]) -> None:
        """With one of the invoices, where there is any."""
        invoices = self.invoices()
        if invoices:
            act(invoices[which % len(invoices)])

    def given_up(self, one: Invoice, by_learner: bool) -> object:
        """Not to be issued."""
        if by_learner:
            return cancel_request(self.ctx, a_call(LEARNER), one.invoice_id)
        return reject_request(self.ctx, a_call(FINANCE), one.invoice_id, "无误")

    def issued(self, one: Invoice, number: str) -> object:
        """With its PDF."""
        self.files.files[file_key(one.invoice_id, DOCUMENT)] = PDF
        return issue_invoice(self.ctx, a_call(FINANCE), one.invoice_id, number, DOCUMENT)

    def red_lettered(self, one: Invoice, number: str) -> object:
        """By its number."""
        return red_letter(self.ctx, a_call(FINANCE), InvoiceId(one.invoice_id), number)

    def invoices(self) -> list[Invoice]:
        """All there are."""
        return [stored.value for stored in stored_invoices(self.ctx, self.order.order_id)]

    def now(self) -> Order:
        """The order as it stands."""
        return reread(self.world, self.order)


def number_of(number: int) -> str:
    """A number as the tax authority gives them."""
    return f"{25117000000000000000 + number}"


TestInvoices: Any = InvoiceMachine.TestCase
TestInvoices.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_what_corrects_an_invoice_without_lines_keeps_its_line() -> None:
    """The last release wrote none: the lines of the right one count in its place, not the first ones that are left."""
    machine = InvoiceMachine()
    machine.request_of_release_1(share=1)
    machine.issue(which=0, number=0, crash=None)
    machine.request_of_release_1(share=None)
    machine.correct(which=0, buyer=BUYER, kind=InvoiceKind.ORDINARY, by_learner=False, crash=None)
    machine.give_up(which=1, by_learner=False, crash=None)
    machine.request(share=None, buyer=BUYER, kind=InvoiceKind.ORDINARY, crash=None)
    assert len(machine.invoices()) == 4
    machine.no_more_stands_than_was_paid()
    machine.teardown()
