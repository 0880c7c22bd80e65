"""Whatever is sold, paid twice and taken back, exports add up: to the orders, to each other, to their own files."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.kit.days import Days
from services.orders.adapters.table_files import CsvTable
from services.orders.app.finance.items import cash_book
from services.orders.app.finance.write_export import write_export
from services.orders.app.invoices.items import invoices_of_month
from services.orders.app.ordering.read_orders import orders_placed
from services.orders.domain.export import Manifest
from services.orders.domain.ids import CourseId, LearnerId
from services.orders.domain.invoice import Invoice
from services.orders.domain.invoicing import invoiced_fen
from services.orders.domain.order import LineState, Order, OrderState
from services.orders.domain.payment import LineKind, LineStatus, StatementLine
from services.orders.domain.reconciliation import Particular, reconcile, reference_of
from tests.fakes.objects import MemoryObjects
from tests.unit.orders.counter import Counter
from tests.unit.orders.export_reader import csv_rows, csv_totals, export_context, table, xlsx_rows, xlsx_totals
from tests.unit.orders.shop import a_line, place
from tests.unit.orders.world import World

DAYS = Days(date(2026, 3, 1), date(2026, 3, 13))
SALES = ("sell", "sell", "pay twice", "leave", "cancel")
PRICES = st.lists(st.integers(1, 10**7), min_size=1, max_size=3)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(SALES), PRICES),
        st.tuples(st.sampled_from(("take back", "invoice", "red-letter")), st.integers(0, 20)),
        st.tuples(st.just("wait"), st.integers(1, 20 * 3600)),
    ),
    max_size=12,
)


class Season:
    """Some weeks of a shop."""

    def __init__(self, actions: list[tuple[str, object]]) -> None:
        self.world = World()
        self.counter = Counter(self.world)
        self.sold: list[tuple[Order, int]] = []
        for number, (action, argument) in enumerate(actions):
            if action == "wait":
                self.world.clock.advance(argument * 1000)  # type: ignore[operator]
            elif action == "take back":
                self.take_back(argument)  # type: ignore[arg-type]
            elif action in ("invoice", "red-letter"):
                self.write_invoices(action, argument)  # type: ignore[arg-type]
            else:
                self.sale(action, argument, f"learner-{number}")  # type: ignore[arg-type]

    def sale(self, action: str, prices: list[int], learner_id: LearnerId) -> None:
        """An order, and what becomes of it."""
        lines = [a_line(number, CourseId(f"course-{number}"), price) for number, price in enumerate(prices, 1)]
        order = place(self.world, *lines, learner_id=learner_id)
        if action == "cancel":
            self.counter.cancel(order)
        elif action == "pay twice":
            self.counter.pay_twice(order)
        elif action == "sell":
            self.counter.pay(order)
            self.sold += [(order, line.number) for line in order.lines]

    def take_back(self, which: int) -> None:
        """A line of those that were sold."""
        if self.sold:
            self.counter.take_back(*self.sold.pop(which % len(self.sold)))

    def write_invoices(self, action: str, which: int) -> None:
        """Finance issues what is left of an order that was paid, or writes the red letters that one needs."""
        paid = [order for order in self.orders() if order.paid_at]
        if paid:
            write = self.counter.invoice if action == "invoice" else self.counter.red_letter
            write(paid[which % len(paid)])

    def invoices(self) -> list[Invoice]:
        """All there are."""
        return [stored.value for stored in self.world.store.query(invoices_of_month("2026-03"), "", Invoice)]

    def orders(self) -> list[Order]:
        """All there are."""
        return list(orders_placed(self.world.store, DAYS))

    def export(self, days: Days, rows_per_file: int, **changes: Any) -> tuple[Manifest, MemoryObjects]:
        """An export."""
        objects = MemoryObjects()
        written = replace(export_context(self.world, objects, rows_per_file=rows_per_file), **changes)
        return write_export(written, "2" * 32, days, lambda _, item_id: item_id), objects


@settings(max_examples=25, deadline=None)
@given(ACTIONS, st.integers(1, 4))
def test_an_export_adds_up(actions: list[tuple[str, object]], rows_per_file: int) -> None:
    season = Season(actions)
    manifest, _ = season.export(DAYS, rows_per_file)
    totals = {found.name: found.totals_fen for found in manifest.tables}
    orders = season.orders()
    paid = [order for order in orders if order.paid_at]
    assert table(manifest, "orders").rows == len(orders)
    assert table(manifest, "lines").rows == sum(len(order.lines) for order in orders)
    for name in ("orders", "lines"):
        assert totals[name]["amount"] == sum(order.amount_fen for order in orders)
        assert totals[name]["paid"] == sum(order.amount_fen for order in paid)
        assert totals[name]["refunded"] == sum(order.refunded_fen for order in orders)
    assert totals["payments"]["earned"] == totals["orders"]["paid"]
    assert totals["refunds"]["taken_back"] == totals["refund_lines"]["taken_back"] == totals["orders"]["refunded"]
    for name in ("payments", "refunds"):
        assert totals[name]["net"] == totals[name]["amount"] - totals[name]["fee"]
    kept = sum(line.due_fen for order in paid for line in order.lines if line.state is LineState.GRANTED)
    assert totals["payments"]["amount"] - totals["refunds"]["amount"] == kept
    invoices = season.invoices()
    red = sum(letter.amount_fen for invoice in invoices for letter in invoice.letters)
    assert totals["invoices"] == {"issued": sum(invoice.amount_fen for invoice in invoices), "red_lettered": red}
    assert totals["invoices"]["issued"] - red == invoiced_fen(invoices) == totals["invoice_lines"]["amount"]
    for name in ("lines", "invoice_lines"):
        assert totals[name]["net"] + totals[name]["tax"] == totals[name]["amount"]
    assert all(order.state is OrderState.REFUNDED for order in paid if order.refunded_fen == order.amount_fen)


@settings(max_examples=15, deadline=None)
@given(ACTIONS, st.integers(1, 4))
def test_every_file_says_what_the_manifest_says(actions: list[tuple[str, object]], rows_per_file: int) -> None:
    manifest, objects = Season(actions).export(DAYS, rows_per_file)
    for exported in manifest.tables:
        assert len(csv_rows(objects, exported)) == len(xlsx_rows(objects, exported)) == exported.rows
        assert csv_totals(objects, exported) == xlsx_totals(objects, exported) == exported.totals_fen
        assert len(exported.files) == 2 * max(1, -(-exported.rows // rows_per_file))
    for file in manifest.files():
        assert hashlib.sha256(objects.kept[file.key]).hexdigest() == file.sha256
    (summary,) = [file for file in manifest.documents if file.name.startswith("revenue")]
    revenue = json.loads(objects.kept[summary.key])
    parts = [*revenue["courses"], *revenue["plans"], revenue["unearned"]]
    assert revenue["total"]["paid_fen"] == table(manifest, "payments").totals_fen["amount"]
    for name in ("paid_fen", "refunded_fen", "net_fen"):
        assert revenue["total"][name] == sum(part[name] for part in parts) == sum(d[name] for d in revenue["days"])


def told_otherwise(line: StatementLine) -> Iterator[tuple[set[Particular], StatementLine]]:
    """The line as it may be wrong, and the particulars by which that shows. A payment is known by its own number."""
    yield {Particular.TRADE}, replace(line, transaction_id="T-of-another")
    yield {Particular.CURRENCY}, replace(line, currency="USD")
    yield {Particular.STATUS}, replace(line, status=LineStatus.PENDING)
    yield {Particular.STATUS}, replace(line, status=LineStatus.FAILED)
    yield {Particular.FEE}, replace(line, fee_fen=line.fee_fen + 1)
    yield {Particular.DAY, Particular.STATEMENT_DAY}, replace(line, at=line.at + timedelta(days=1))
    if line.kind is LineKind.REFUND:
        yield {Particular.PAYMENT}, replace(line, number="P-of-another")
        yield {Particular.REFUND}, replace(line, refund_no="R-of-another")


@settings(max_examples=15, deadline=None)
@given(ACTIONS)
@example([("sell", [9_900, 500]), ("take back", 0), ("pay twice", [1])])
def test_a_days_statement_is_clean_and_whatever_one_line_tells_otherwise_is_named(
    actions: list[tuple[str, object]],
) -> None:
    """The provider's books are what it moved; then a line is another day's, trade's, payment's or refund's."""
    season = Season(actions)
    for day in DAYS:
        told = season.counter.provider.statement(day)
        known = [entry.movement for entry in cash_book(season.world.store, Days(day, day))]
        assert reconcile(day, told, known).is_clean
        fees = {reference_of(line): line.fee_fen for line in told}
        known = [replace(movement, fee_fen=fees[movement.kind, movement.reference]) for movement in known]
        for number, line in enumerate(told):
            for particulars, wrong in told_otherwise(line):
                found = reconcile(day, [*told[:number], wrong, *told[number + 1 :]], known)
                (difference,) = found.particulars_differ
                assert (difference.kind, difference.reference) == reference_of(line)
                assert {discrepancy.what for discrepancy in difference.particulars} == particulars
                assert sum(totals.count for totals in found.matched.values()) == len(told) - 1


@settings(max_examples=10, deadline=None)
@given(ACTIONS)
def test_the_days_one_by_one_make_the_month_and_the_same_bytes_again(actions: list[tuple[str, object]]) -> None:
    season = Season(actions)
    month, _ = season.export(DAYS, 100)
    again, _ = season.export(DAYS, 100)
    assert [file.sha256 for file in month.files()] == [file.sha256 for file in again.files()]
    single = [season.export(Days(day, day), 100, formats={"csv": CsvTable})[0] for day in DAYS]
    for exported in month.tables:
        parts = [table(manifest, exported.name) for manifest in single]
        assert exported.rows == sum(part.rows for part in parts)
        for name, total in exported.totals_fen.items():
            assert total == sum(part.totals_fen[name] for part in parts)
