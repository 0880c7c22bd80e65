"""Exports: asked for once, written once whatever happens, handed out by links that end and are written down."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.audit import AuditRecord
from services.kit.days import SHANGHAI, Days
from services.kit.events import Envelope
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from services.orders.app.context import FinanceContext, ReconciliationContext
from services.orders.app.finance.exports import (
    Writer,
    fulfil_export,
    link_file,
    list_exports,
    read_export,
    request_daily_exports,
    request_export,
)
from services.orders.app.finance.file_links import LINK_SECONDS
from services.orders.app.finance.request_check import request_check
from services.orders.app.finance.revenue import sum_up
from services.orders.app.finance.run_check import run_check
from services.orders.app.finance.write_export import DoesNotAddUp, write_export
from services.orders.app.invoices.items import stored_invoices
from services.orders.app.ordering.items import read_order
from services.orders.app.ordering.place_order import order_membership
from services.orders.domain.deferral import by_month
from services.orders.domain.export import SCHEDULE, Export, ExportState, Manifest
from services.orders.domain.ids import CourseId, ExportId, LearnerId
from services.orders.domain.payment import ProviderName
from tests.fakes.objects import MemoryObjects
from tests.unit.orders.counter import BUYER, Counter
from tests.unit.orders.export_reader import csv_rows, export_context, table, xlsx_rows
from tests.unit.orders.shop import PRICE, a_line, place
from tests.unit.orders.world import KEY, MEMBER, ORDINARY, OTHER_KEY, RECOMMENDED, VIP, Crash, World, a_call, die

FINANCE = Principal("d4c8f4e8-5061-7094-2f5a-3f1d5f8f2b44", frozenset({Role.FINANCE}))
TODAY = date(2026, 3, 2)
REASON = "月结"


@pytest.fixture
def objects() -> MemoryObjects:
    """Where files are kept."""
    return MemoryObjects()


def ask(world: World, first: date = TODAY, last: date = TODAY, key: str = KEY) -> Export:
    return request_export(world.ctx, a_call(FINANCE, key), first, last, REASON)


def asked(world: World) -> list[Envelope]:
    return [event for event in world.store.outbox if event.type == "orders.export_requested.v1"]


def writer(world: World, objects: MemoryObjects, **changes: object) -> Writer:
    return partial(write_export, export_context(world, objects, **changes))


def exported(world: World, objects: MemoryObjects) -> Manifest:
    export = ask(world)
    fulfil_export(world.ctx, writer(world, objects), asked(world)[-1])
    manifest = read_export(world.ctx, export.export_id).manifest
    assert manifest
    return manifest


def test_what_was_sold_is_in_the_export_and_adds_up(world: World, objects: MemoryObjects) -> None:
    counter = Counter(world)
    sold = counter.sell(a_line(1), a_line(2, RECOMMENDED))
    refund = counter.take_back(sold, 2)
    counter.pay_twice(place(world, learner_id=LearnerId("another-learner")))
    waiting = place(world, a_line(course_id=CourseId("=cmd|' /C calc'!A0")), learner_id=LearnerId("a-third-learner"))
    manifest = exported(world, objects)
    assert {found.name: found.rows for found in manifest.tables} == {
        "orders": 3,
        "lines": 4,
        "payments": 3,
        "refunds": 2,
        "refund_lines": 1,
        "service_months": 0,
        "invoices": 0,
        "invoice_lines": 0,
    }
    orders = table(manifest, "orders").totals_fen
    assert (orders["amount"], orders["paid"], orders["refunded"]) == (4 * PRICE, 3 * PRICE, PRICE)
    unknown = {"fee": 0, "net": 4 * PRICE}
    assert table(manifest, "payments").totals_fen == {"amount": 4 * PRICE, "earned": 3 * PRICE, **unknown}
    assert table(manifest, "refunds").totals_fen == {
        "amount": 2 * PRICE,
        "taken_back": PRICE,
        "fee": 0,
        "net": 2 * PRICE,
    }
    rows = {row[0]: row for row in csv_rows(objects, table(manifest, "orders"))}
    assert rows[sold.order_id][3] == "部分退款 partly_refunded"
    assert rows[sold.order_id][1] == "2026-03-02 12:00:00"
    assert rows[sold.order_id][5:10] == ["198.00", "0.00", "198.00", "198.00", "99.00"]
    assert rows[waiting.order_id][3] == "待支付 open"
    lines = [row for row in csv_rows(objects, table(manifest, "lines")) if row[0] == waiting.order_id]
    assert lines[0][3] == "'=cmd|' /C calc'!A0"
    assert [row[0] for row in xlsx_rows(objects, table(manifest, "refunds"))].count(refund.refund_id) == 1


def test_a_refund_names_its_payment_its_lines_and_the_providers_number(world: World, objects: MemoryObjects) -> None:
    counter = Counter(world)
    sold = counter.sell(a_line(1), a_line(2, RECOMMENDED))
    refund = counter.take_back(sold, 2)
    manifest = exported(world, objects)
    assert sold.paid_by
    (row,) = csv_rows(objects, table(manifest, "refunds"))
    assert row[-3:] == ["CNY", sold.paid_by.payment_number, f"R{refund.refund_id}"]
    (line,) = csv_rows(objects, table(manifest, "refund_lines"))
    assert line[0] == refund.refund_id
    assert line[2:] == [sold.order_id, "2", "课程 course", RECOMMENDED, "99.00"]


def test_fees_are_in_the_export_once_a_statement_has_told_them(world: World, objects: MemoryObjects) -> None:
    counter = Counter(world)
    counter.take_back(counter.sell(), 1)
    paid, back = (csv_rows(objects, table(exported(world, objects), name))[0] for name in ("payments", "refunds"))
    assert (paid[8:11], back[8:11]) == (["", "99.00", "CNY"], ["", "99.00", "CNY"])
    check = request_check(
        FinanceContext(**vars(world.ctx), objects=objects),
        a_call(FINANCE, "check"),
        ProviderName.WECHAT,
        TODAY,
        None,
        "-",
    )
    (event,) = [event for event in world.store.outbox if event.type == "orders.reconciliation_requested.v1"]
    run_check(ReconciliationContext(**vars(counter.ctx), objects=objects), event)
    assert check.result is None
    again = ask(world, key=OTHER_KEY)
    fulfil_export(world.ctx, writer(world, objects), asked(world)[-1])
    manifest = read_export(world.ctx, again.export_id).manifest
    assert manifest
    paid, back = (csv_rows(objects, table(manifest, name))[0] for name in ("payments", "refunds"))
    assert (paid[8:11], back[8:11]) == (["0.59", "98.41", "CNY"], ["0.59", "98.41", "CNY"])
    assert table(manifest, "payments").totals_fen["fee"] == 59


def test_a_memberships_price_is_shared_out_to_the_months_of_its_service(world: World, objects: MemoryObjects) -> None:
    """Bought on 2 March at noon: from then until the same moment of the next year."""
    counter = Counter(world)
    order = order_membership(world.ctx, a_call(MEMBER, "join"), VIP, 39_800)
    counter.pay(order)
    manifest = exported(world, objects)
    rows = csv_rows(objects, table(manifest, "service_months"))
    of_2026 = [f"2026-{month:02}" for month in range(3, 13)]
    assert [row[7] for row in rows] == [*of_2026, "2027-01", "2027-02", "2027-03"]
    assert {tuple(row[4:7]) for row in rows} == {("vip", "2026-03-02 12:00:00", "2027-03-02 12:00:00")}
    assert table(manifest, "service_months").totals_fen == {"amount": 39_800}
    counter.take_back(read_order(world.ctx, order.order_id).value, 1)
    again = ask(world, key=OTHER_KEY)
    fulfil_export(world.ctx, writer(world, objects), asked(world)[-1])
    after = read_export(world.ctx, again.export_id).manifest
    assert after
    assert (table(after, "service_months").rows, table(after, "service_months").totals_fen["amount"]) == (26, 0)


@given(st.integers(0, 10**7), st.integers(0, 10**8), st.integers(1, 10**8))
def test_months_of_service_make_the_whole_amount(amount_fen: int, begins_after: int, seconds: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(seconds=begins_after)
    kept = start.astimezone(UTC)  # as instants are read from the store
    months = by_month(amount_fen, kept, kept + timedelta(seconds=seconds))
    assert sum(part for _, part in months) == amount_fen
    assert [month for month, _ in months] == sorted({month for month, _ in months})
    assert (months[0][0], months[-1][0]) == (
        f"{start:%Y-%m}",
        f"{start + timedelta(seconds=seconds, microseconds=-1):%Y-%m}",
    )


def test_exports_are_listed_by_the_month_in_china_that_they_were_asked_for_in(world: World) -> None:
    """1 April begins in China while it is still March in UTC."""
    world.clock.advance(round((datetime(2026, 4, 1, 1, tzinfo=SHANGHAI) - world.clock.now()).total_seconds()) * 1000)
    export = ask(world)
    assert list_exports(world.ctx, date(2026, 4, 1)) == [export]
    assert list_exports(world.ctx, date(2026, 3, 1)) == []


def test_the_manifest_tells_every_file_with_its_digest(world: World, objects: MemoryObjects) -> None:
    Counter(world).sell()
    manifest = exported(world, objects)
    for file in manifest.files():
        content = objects.kept[file.key]
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.bytes, file.sha256)
    text = objects.kept[next(f.key for f in manifest.files() if f.name == "manifest-20260302.json")].decode()
    told = json.loads(text)
    assert told["days"] == {"first": "2026-03-02", "last": "2026-03-02", "time_zone": "Asia/Shanghai"}
    assert [(found["name"], found["rows"], found["totals_fen"]) for found in told["tables"]] == [
        (found.name, found.rows, found.totals_fen) for found in manifest.tables
    ]
    named = {file["name"] for found in told["tables"] for file in found["files"]}
    assert named == {
        f"{name}-20260302.{suffix}"
        for name in (
            "orders",
            "lines",
            "payments",
            "refunds",
            "refund_lines",
            "service_months",
            "invoices",
            "invoice_lines",
        )
        for suffix in ("csv", "xlsx")
    }
    assert MEMBER not in text


def test_the_summary_of_revenue_says_what_the_tables_say(world: World, objects: MemoryObjects) -> None:
    counter = Counter(world)
    counter.take_back(counter.sell(a_line(1), a_line(2, RECOMMENDED)), 2)
    counter.pay_twice(place(world, learner_id=LearnerId("another-learner")))
    manifest = exported(world, objects)
    revenue = json.loads(objects.kept[next(f.key for f in manifest.documents if f.name == "revenue-20260302.json")])
    assert revenue["total"] == {
        "paid_fen": table(manifest, "payments").totals_fen["amount"],
        "refunded_fen": table(manifest, "refunds").totals_fen["amount"],
        "net_fen": 2 * PRICE,
        "payments": 3,
        "refunds": 2,
    }
    assert [(course["id"], course["net_fen"]) for course in revenue["courses"]] == [
        (ORDINARY, 2 * PRICE),
        (RECOMMENDED, 0),
    ]
    assert revenue["courses"][0]["title"] == "家族信托"
    assert revenue["unearned"]["net_fen"] == 0
    assert sum_up(world.store, Days(TODAY, TODAY)).total.net_fen == 2 * PRICE


def test_a_day_begins_at_midnight_in_shanghai(world: World, objects: MemoryObjects) -> None:
    counter = Counter(world)
    world.clock.advance(12 * 3_600_000 - 1)
    before = counter.sell()
    world.clock.advance(1)
    after = counter.sell(learner_id=LearnerId("another-learner"))
    ask(world, date(2026, 3, 3), date(2026, 3, 3))
    for day, order in ((TODAY, before), (date(2026, 3, 3), after)):
        manifest = writer(world, objects)(ExportId("20260303000000" + "0" * 18), Days(day, day), lambda _, item: item)
        assert [row[0] for row in csv_rows(objects, table(manifest, "orders"))] == [order.order_id]
        assert [row[5] for row in csv_rows(objects, table(manifest, "payments"))] == [order.order_id]


def test_invoices_and_red_letters_are_in_the_export_of_their_own_day(world: World, objects: MemoryObjects) -> None:
    counter = Counter(world)
    order = counter.sell(a_line(1), a_line(2, RECOMMENDED, 5_000))
    issued = counter.invoice(order)
    assert issued
    of_the_day = written(world, objects, TODAY)
    world.clock.advance(24 * 3_600_000)
    counter.take_back(order, 2)
    (red,) = counter.red_letter(order)
    again, next_day = written(world, objects, TODAY), written(world, objects, date(2026, 3, 3))
    file = "invoices-20260302.csv"
    assert digests(again)[file] == digests(of_the_day)[file], "what was issued stays so, whatever came of it"
    assert table(of_the_day, "invoices").totals_fen == {"issued": PRICE + 5_000, "red_lettered": 0}
    assert table(next_day, "invoices").totals_fen == {"issued": 0, "red_lettered": 5_000}
    start, end = "2026-03-02 12:00:00", "2026-03-03 12:00:00"
    by = (order.order_id, "企业 company", "普票 ordinary")
    assert csv_rows(objects, table(of_the_day, "invoices")) == [
        [issued.invoice_id, "开具 issued", *by, start, start, issued.number, "", "", "149.00", "0.00", ""]
    ]
    assert csv_rows(objects, table(next_day, "invoices")) == [
        [red.invoice_id, "红冲 red_lettered", *by, start, start, red.number, end, red.red_number, "0.00", "50.00", ""],
    ]


def test_each_line_of_an_invoice_says_its_tax_and_a_red_letter_takes_it_back(
    world: World, objects: MemoryObjects
) -> None:
    counter = Counter(world)
    order = counter.sell(a_line(1), a_line(2, RECOMMENDED, 5_000))
    issued = counter.invoice(order)
    assert issued
    code = "3070201020000000000"
    of_the_day = table(written(world, objects, TODAY), "invoice_lines")
    number = [issued.invoice_id, "开具 issued", issued.number, "", order.order_id]
    assert csv_rows(objects, of_the_day) == [
        [*number, "1", "*非学历教育服务*期权", code, "6", "93.40", "5.60", "99.00"],
        [*number, "2", "*非学历教育服务*期权", code, "6", "47.17", "2.83", "50.00"],
    ]
    assert of_the_day.totals_fen == {"net": 14_057, "tax": 843, "amount": 14_900}
    lines = table(written(world, objects, TODAY), "lines")
    assert (lines.totals_fen["net"], lines.totals_fen["tax"]) == (14_057, 843)
    world.clock.advance(24 * 3_600_000)
    counter.take_back(order, 2)
    counter.red_letter(order)
    red = table(written(world, objects, date(2026, 3, 3)), "invoice_lines")
    assert red.totals_fen == {"net": -4_717, "tax": -283, "amount": -5_000}


def written(world: World, objects: MemoryObjects, day: date) -> Manifest:
    """An export of one day, whoever asked for it."""
    return writer(world, objects)(ExportId("2" * 32), Days(day, day), lambda _, item: item)


def test_no_export_says_whom_an_invoice_is_made_out_to(world: World, objects: MemoryObjects) -> None:
    counter = Counter(world)
    assert counter.invoice(counter.sell())
    invoices = table(exported(world, objects), "invoices")
    (row,) = csv_rows(objects, invoices)
    assert not {*row, *xlsx_rows(objects, invoices)[0]} & {BUYER.title, BUYER.tax_id, BUYER.email, MEMBER}


def test_issuing_that_dies_on_the_way_or_is_said_twice_is_entered_once(world: World, objects: MemoryObjects) -> None:
    counter = Counter(world)
    order = counter.sell()
    world.store.after_commit = lambda: setattr(world.store, "before_commit", die)
    with pytest.raises(Crash):
        counter.invoice(order)
    (requested,) = stored_invoices(world.ctx, order.order_id)
    assert table(written(world, objects, TODAY), "invoices").rows == 0, "neither issued nor entered"
    for _ in range(2):
        counter.issue(requested.value.invoice_id)
    assert table(written(world, objects, TODAY), "invoices").totals_fen == {"issued": PRICE, "red_lettered": 0}


def test_files_are_split_below_the_limit(world: World, objects: MemoryObjects) -> None:
    for number in range(5):
        Counter(world).sell(learner_id=LearnerId(f"learner-{number}"))
    manifest = writer(world, objects, rows_per_file=2)(ExportId("2" * 32), Days(TODAY, TODAY), lambda _, item: item)
    orders = table(manifest, "orders")
    assert [file.name for file in orders.files if file.name.endswith("xlsx")] == [
        "orders-20260302.xlsx",
        "orders-20260302-2.xlsx",
        "orders-20260302-3.xlsx",
    ]
    assert orders.rows == len(xlsx_rows(objects, orders)) == len(csv_rows(objects, orders)) == 5


def test_a_request_is_written_down_and_answered_once(world: World) -> None:
    first, again = ask(world), ask(world)
    assert first == again
    assert len(asked(world)) == 1
    with pytest.raises(Problem) as error:
        ask(world, date(2026, 3, 1))
    assert error.value.type.code == "IDEMPOTENCY_KEY_REUSED"
    (audit,) = audited(world)
    assert (audit.actor, audit.action, audit.subject, audit.reason) == (
        FINANCE.id,
        "request_export",
        first.export_id,
        REASON,
    )


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (TODAY, TODAY - timedelta(days=1)),
        (TODAY, TODAY + timedelta(days=1)),
        (TODAY - timedelta(days=31), TODAY),
    ],
)
def test_days_that_will_not_do_are_refused(world: World, first: date, last: date) -> None:
    before = world.store.snapshot()
    with pytest.raises(Problem) as error:
        ask(world, first, last)
    assert error.value.type.code == "DAYS_NOT_EXPORTABLE"
    assert world.store.snapshot() == before


def test_a_month_can_be_exported(world: World) -> None:
    assert ask(world, TODAY - timedelta(days=30), TODAY).state is ExportState.REQUESTED


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_run_that_died_is_done_again_to_the_same_end(world: World, objects: MemoryObjects, moment: str) -> None:
    Counter(world).sell()
    export = ask(world)
    write = writer(world, objects)
    setattr(world.store, moment, die)
    with pytest.raises(Crash):
        fulfil_export(world.ctx, write, asked(world)[0])
    kept = dict(objects.kept)
    assert kept
    world.clock.advance(3_600_000)
    fulfil_export(world.ctx, write, asked(world)[0])
    done = read_export(world.ctx, export.export_id)
    assert done.state is ExportState.DONE
    assert objects.kept == kept
    fulfil_export(world.ctx, no_more_writing, asked(world)[0])
    assert read_export(world.ctx, export.export_id) == done


def no_more_writing(*_: object) -> Manifest:
    raise AssertionError("it is written")


def test_a_run_that_died_in_the_middle_leaves_nothing_in_the_way(world: World, objects: MemoryObjects) -> None:
    Counter(world).sell()
    ask(world)
    calls = iter([False, True])

    def crash() -> bool:
        if next(calls):
            raise Crash
        return False

    with pytest.raises(Crash):
        fulfil_export(world.ctx, writer(world, objects, out_of_time=crash), asked(world)[0])
    Counter(world).sell(learner_id=LearnerId("another-learner"))
    fulfil_export(world.ctx, writer(world, objects), asked(world)[0])
    (export,) = list_exports(world.ctx, date(2026, 3, 1))
    assert export.manifest
    assert table(export.manifest, "orders").rows == 2


def test_two_runs_at_once_end_in_one_manifest(world: World, objects: MemoryObjects) -> None:
    Counter(world).sell()
    ask(world)
    write = writer(world, objects)
    world.store.before_commit = lambda: fulfil_export(world.ctx, write, asked(world)[0])
    fulfil_export(world.ctx, write, asked(world)[0])
    (export,) = list_exports(world.ctx, date(2026, 3, 1))
    assert export.state is ExportState.DONE


def test_the_same_input_makes_the_same_bytes(world: World, objects: MemoryObjects) -> None:
    Counter(world).sell()
    first = exported(world, objects)
    ask(world, key=OTHER_KEY)
    world.clock.advance(60_000)
    fulfil_export(world.ctx, writer(world, objects), asked(world)[-1])
    second = list_exports(world.ctx, date(2026, 3, 1))[0].manifest
    assert second
    assert first != second
    assert digests(first) == digests(second)


def digests(manifest: Manifest) -> dict[str, str]:
    return {file.name: file.sha256 for file in manifest.files()}


def test_too_much_for_one_run_is_said_and_not_tried_for_ever(world: World, objects: MemoryObjects) -> None:
    Counter(world).sell()
    export = ask(world)
    fulfil_export(world.ctx, writer(world, objects, out_of_time=lambda: True), asked(world)[0])
    failed = read_export(world.ctx, export.export_id)
    assert (failed.state, failed.manifest) == (ExportState.FAILED, None)
    assert failed.finished_at


def test_what_does_not_add_up_is_not_handed_out(world: World, objects: MemoryObjects) -> None:
    Counter(world).sell()
    export = ask(world)
    made = export_context(world, objects)
    lossy = replace(made.sources[0], rows=lambda order: islice(made.sources[0].rows(order), 1))
    broken = replace(made, sources=(lossy, *made.sources[1:]))
    with pytest.raises(DoesNotAddUp, match="list_price"):
        fulfil_export(world.ctx, partial(write_export, broken), asked(world)[0])
    assert read_export(world.ctx, export.export_id).state is ExportState.REQUESTED


def test_each_day_that_is_over_is_asked_for_once(world: World) -> None:
    days = request_daily_exports(world.ctx, "request-1")
    assert days == [TODAY - timedelta(days=number) for number in range(7, 0, -1)]
    assert request_daily_exports(world.ctx, "request-2") == []
    world.clock.advance(2 * 24 * 3_600_000)
    assert request_daily_exports(world.ctx, "request-3") == [TODAY, TODAY + timedelta(days=1)]
    exports = list_exports(world.ctx, date(2026, 3, 1))
    assert {export.requested_by for export in exports} == {SCHEDULE}
    assert len(asked(world)) == len(exports) == 9


def test_two_calls_of_the_schedule_at_once_ask_once(world: World) -> None:
    world.store.before_commit = lambda: request_daily_exports(world.ctx, "request-2")
    request_daily_exports(world.ctx, "request-1")
    assert len(asked(world)) == 7


def test_a_link_ends_and_is_written_down(world: World, objects: MemoryObjects) -> None:
    exported(world, objects)
    (export,) = list_exports(world.ctx, date(2026, 3, 1))
    link = link_file(
        FinanceContext(**vars(world.ctx), objects=objects), a_call(FINANCE), export.export_id, "orders-20260302.csv"
    )
    assert link.until - world.clock.now() == timedelta(seconds=LINK_SECONDS)
    assert link.url.endswith(f"?seconds={LINK_SECONDS}")
    assert audited(world)[-1].action == "link_finance_file"
    assert audited(world)[-1].subject == f"{export.export_id}/orders-20260302.csv"


@pytest.mark.parametrize("name", ["orders-20260303.csv", "../orders-20260302.csv", ""])
def test_no_link_leads_to_what_is_not_in_the_export(world: World, objects: MemoryObjects, name: str) -> None:
    exported(world, objects)
    (export,) = list_exports(world.ctx, date(2026, 3, 1))
    before = world.store.snapshot()
    for export_id in (export.export_id, "2" * 32):
        with pytest.raises(Problem) as error:
            link_file(FinanceContext(**vars(world.ctx), objects=objects), a_call(FINANCE), ExportId(export_id), name)
        assert error.value.type.code == "EXPORT_NOT_FOUND"
    assert world.store.snapshot() == before


def test_an_export_that_is_not_there_is_for_the_dead_letters(world: World, objects: MemoryObjects) -> None:
    ask(world)
    event = asked(world)[0]
    lost = event.model_copy(update={"data": {**event.data, "export_id": "2" * 32}})
    with pytest.raises(LookupError):
        fulfil_export(world.ctx, writer(world, objects), lost)


def audited(world: World) -> list[AuditRecord]:
    found = world.store.query("AUDIT#2026-03", "", AuditRecord)
    return [stored.value for stored in found if stored.value.actor == FINANCE.id]


def test_reading_in_pages_finds_everything_once(
    world: World, objects: MemoryObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        Counter(world).sell(learner_id=LearnerId(f"learner-{number}"))
    monkeypatch.setattr("services.kit.store.pages.READ", 2)
    manifest = exported(world, objects)
    assert len({row[0] for row in csv_rows(objects, table(manifest, "orders"))}) == 7
    assert table(manifest, "payments").rows == 7
