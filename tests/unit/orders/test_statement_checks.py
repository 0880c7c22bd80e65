"""Reconciliation: a day's statement, fetched or brought, against the cash book; its report; its alarm's metric."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser

import pytest

from services.kit.audit import AuditRecord
from services.kit.days import Days
from services.kit.events import Envelope
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from services.kit.store.codec import encode
from services.orders.app.context import FinanceContext, PaymentContext, ReconciliationContext
from services.orders.app.finance.items import cash_book
from services.orders.app.finance.request_check import (
    link_check_file,
    list_checks,
    read_check,
    request_check,
    request_daily_checks,
)
from services.orders.app.finance.resolve_difference import CheckView, resolve_difference, view_check
from services.orders.app.finance.run_check import run_check
from services.orders.app.payments.settle_payment import settle_payment
from services.orders.domain.export import SCHEDULE
from services.orders.domain.ids import CheckId, LearnerId
from services.orders.domain.payment import (
    LineKind,
    ProviderName,
    ProviderUnavailable,
    StatementLine,
    StatementNotReady,
)
from services.orders.domain.reconciliation import Particular
from services.orders.domain.statement_check import SHOWN, CheckResult, CheckState, Finding, StatementCheck
from tests.fakes.objects import MemoryObjects
from tests.unit.orders.counter import Counter, Statement, fee_of
from tests.unit.orders.export_reader import read_csv
from tests.unit.orders.shop import PRICE, a_line, place
from tests.unit.orders.till import wechat_world
from tests.unit.orders.world import KEY, OTHER_KEY, RECOMMENDED, Crash, World, a_call, die

FINANCE = Principal("d4c8f4e8-5061-7094-2f5a-3f1d5f8f2b44", frozenset({Role.FINANCE}))
TODAY, WECHAT = date(2026, 3, 2), ProviderName.WECHAT
FINDINGS = dict.fromkeys(Finding, 0)


@pytest.fixture
def objects() -> MemoryObjects:
    """Where files are kept."""
    return MemoryObjects()


@pytest.fixture
def counter(world: World) -> Counter:
    """A shop where two courses were sold and one taken back."""
    counter = Counter(world)
    counter.take_back(counter.sell(a_line(1), a_line(2, RECOMMENDED)), 2)
    counter.sell(learner_id=LearnerId("another-learner"))
    return counter


def ask(
    world: World,
    objects: MemoryObjects,
    day: date = TODAY,
    provider: ProviderName = WECHAT,
    statement: bytes | None = None,
    key: str = KEY,
) -> StatementCheck:
    return request_check(
        FinanceContext(**vars(world.ctx), objects=objects), a_call(FINANCE, key), provider, day, statement, "对账"
    )


def asked(world: World) -> list[Envelope]:
    return [event for event in world.store.outbox if event.type == "orders.reconciliation_requested.v1"]


def run(counter: Counter, objects: MemoryObjects, event: Envelope) -> None:
    run_check(ReconciliationContext(**vars(counter.ctx), objects=objects), event)


def checked(counter: Counter, objects: MemoryObjects, **how: object) -> StatementCheck:
    check = ask(counter.world, objects, **how)  # type: ignore[arg-type]
    run(counter, objects, asked(counter.world)[-1])
    return read_check(counter.world.ctx, check.check_id)


def result(check: StatementCheck) -> CheckResult:
    assert check.result
    assert check.state is CheckState.DONE
    return check.result


def test_a_day_that_both_tell_alike_is_clean(counter: Counter, objects: MemoryObjects) -> None:
    done = result(checked(counter, objects))
    assert done.is_clean
    assert done.matched == done.ours == done.theirs
    assert (done.ours[LineKind.PAYMENT].amount_fen, done.ours[LineKind.PAYMENT].count) == (3 * PRICE, 2)
    assert (done.ours[LineKind.REFUND].amount_fen, done.ours[LineKind.REFUND].count) == (PRICE, 1)


Spoil = Callable[[list[StatementLine]], list[StatementLine]]


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (lambda lines: [*lines, replace(lines[0], number="unknown")], Finding.MISSING_HERE),
        (lambda lines: [*lines, lines[0]], Finding.MISSING_HERE),
        (lambda lines: lines[1:], Finding.MISSING_THERE),
        (lambda lines: [replace(lines[0], amount_fen=lines[0].amount_fen + 1), *lines[1:]], Finding.AMOUNT_DIFFERS),
        (lambda lines: [replace(lines[0], transaction_id="T0"), *lines[1:]], Finding.AMOUNT_DIFFERS),
        (lambda lines: [replace(lines[0], currency="USD"), *lines[1:]], Finding.AMOUNT_DIFFERS),
        (
            lambda lines: [*lines[:-2], replace(lines[-2], number=lines[-1].number), lines[-1]],
            Finding.AMOUNT_DIFFERS,
        ),
    ],
)
def test_each_kind_of_difference_is_found_and_counted(
    counter: Counter, objects: MemoryObjects, spoil: Spoil, finding: Finding, capsys: pytest.CaptureFixture[str]
) -> None:
    counter.provider.lines = spoil(counter.provider.lines)
    done = result(checked(counter, objects))
    assert done.counts == {**FINDINGS, finding: 1}
    assert [found.finding for found in done.first] == [finding]
    assert "ReconciliationDifferences" in capsys.readouterr().out
    listed = read_csv(objects.kept[done.files[1].key])
    assert [row[2] for row in listed][1:] == [done.first[0].difference.reference]


def test_a_clean_day_raises_no_alarm(
    counter: Counter, objects: MemoryObjects, capsys: pytest.CaptureFixture[str]
) -> None:
    checked(counter, objects)
    assert "ReconciliationDifferences" not in capsys.readouterr().out


@pytest.mark.parametrize(("ours", "theirs"), [(-1, 1), (1, -1)])
def test_a_movement_that_the_two_date_to_different_days_is_no_difference(
    world: World, objects: MemoryObjects, ours: int, theirs: int
) -> None:
    """Midnight in Shanghai is at 16:00 UTC: here the clocks are a second apart around it."""
    counter = Counter(world)
    midnight = datetime.fromisoformat("2026-03-02T16:00:00+00:00")
    world.clock.advance(int((midnight - world.clock.now()).total_seconds() * 1000) + ours * 500)
    counter.sell()
    counter.provider.lines = [replace(line, at=midnight + timedelta(seconds=theirs)) for line in counter.provider.lines]
    day = TODAY if theirs < 0 else TODAY + timedelta(days=1)
    world.clock.advance(60_000)
    assert result(checked(counter, objects, day=day)).is_clean


class Cells(HTMLParser):
    """The texts of a page, and every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Notes a text."""
        self.texts.append(data)


def test_the_report_is_one_page_that_loads_and_runs_nothing(counter: Counter, objects: MemoryObjects) -> None:
    evil = '"><script>alert(1)</script>'
    known = counter.provider.lines[0]
    counter.provider.lines += [replace(known, number=f"{evil}{number}") for number in range(300)]
    done = result(checked(counter, objects))
    assert (done.counts[Finding.MISSING_HERE], len(done.first)) == (300, SHOWN)
    report = objects.kept[done.files[0].key].decode()
    cells = Cells()
    cells.feed(report)
    assert not {"script", "link", "img", "iframe", "a"} & {tag for tag, _ in cells.tags}
    assert not [name for _, attributes in cells.tags for name in attributes if name in ("src", "href", "onload")]
    assert "有差异：300 笔" in report
    assert f"{evil}0" in cells.texts
    assert "275 笔见差异清单" in report
    assert len(report) < 20_000


@pytest.mark.parametrize("days", [1, 5])
def test_another_days_statement_is_found_out(counter: Counter, objects: MemoryObjects, days: int) -> None:
    """Nothing was sold today; that of another day was brought."""
    brought = encode(Statement(counter.provider.lines)).encode()
    counter.world.clock.advance(days * 86_400_000)
    done = result(checked(counter, objects, day=TODAY + timedelta(days=days), statement=brought))
    assert done.counts == {**FINDINGS, Finding.AMOUNT_DIFFERS: 3}
    told = [[one.what for one in found.difference.particulars] for found in done.first]
    assert told == [[Particular.STATEMENT_DAY]] * 3
    report = objects.kept[done.files[0].key].decode()
    assert "不属于此日账单" in report
    assert "2026-03-02" in report


def test_fees_go_into_the_cash_book_and_stay(counter: Counter, objects: MemoryObjects) -> None:
    first = result(checked(counter, objects))
    fees = sum(fee_of(line.amount_fen) for line in counter.provider.lines if line.kind is LineKind.PAYMENT)
    assert first.ours[LineKind.PAYMENT].fee_fen == first.theirs[LineKind.PAYMENT].fee_fen == fees > 0
    booked = [entry.movement for entry in cash_book(counter.world.store, Days(TODAY, TODAY))]
    assert [moved.fee_fen for moved in booked] == [fee_of(moved.amount_fen) for moved in booked]
    counter.provider.lines = [replace(line, fee_fen=line.fee_fen + 1) for line in counter.provider.lines]
    again = result(checked(counter, objects, key=OTHER_KEY))
    assert again.counts == {**FINDINGS, Finding.AMOUNT_DIFFERS: 3}
    assert [entry.movement for entry in cash_book(counter.world.store, Days(TODAY, TODAY))] == booked


def test_what_the_report_names_of_a_difference(counter: Counter, objects: MemoryObjects) -> None:
    line = counter.provider.lines[0]
    counter.provider.lines[0] = replace(line, transaction_id="T0")
    done = result(checked(counter, objects))
    (found,) = done.first
    (order_id,) = {
        entry.movement.order_id
        for entry in cash_book(counter.world.store, Days(TODAY, TODAY))
        if entry.movement.reference == line.number
    }
    assert (found.difference.order_id, found.difference.trade_no) == (order_id, "T0")
    listed = read_csv(objects.kept[done.files[1].key])
    assert {order_id, "T0", f"机构交易号 Trade number: {line.transaction_id} / T0"} <= set(listed[1])
    assert listed[1][-1], "the next step"


def resolve(counter: Counter, check: StatementCheck, reason: str, reference: str = "") -> CheckView:
    told = reference or result(check).first[0].difference.reference
    return resolve_difference(counter.world.ctx, a_call(FINANCE), check.check_id, LineKind.PAYMENT, told, reason)


def test_a_difference_that_was_found_out_about_is_told_so_and_raises_no_alarm_again(
    counter: Counter, objects: MemoryObjects, capsys: pytest.CaptureFixture[str]
) -> None:
    counter.provider.lines[0] = replace(counter.provider.lines[0], transaction_id="T0")
    check = checked(counter, objects)
    assert "ReconciliationDifferences" in capsys.readouterr().out
    assert view_check(counter.world.ctx, check).resolution(result(check).first[0]) is None
    done = resolve(counter, check, "渠道换号")
    before = counter.world.store.snapshot()
    again = resolve(counter, check, "又一个理由")
    assert counter.world.store.snapshot() == before
    for view in (done, again):
        found = view.resolution(result(check).first[0])
        assert found
        assert (found.by, found.reason) == (FINANCE.id, "渠道换号")
    assert [record.action for record in audits(counter.world)].count("resolve_difference") == 1

    same = checked(counter, objects, key=OTHER_KEY)
    assert not result(same).is_clean
    assert view_check(counter.world.ctx, same).resolution(result(same).first[0])
    assert "ReconciliationDifferences" not in capsys.readouterr().out

    counter.provider.lines[0] = replace(counter.provider.lines[0], currency="USD")
    more = checked(counter, objects, key="key-0000000000003")
    assert view_check(counter.world.ctx, more).resolution(result(more).first[0]) is None, "it says something more"
    assert "ReconciliationDifferences" in capsys.readouterr().out


def test_what_is_no_difference_of_it_cannot_be_resolved(counter: Counter, objects: MemoryObjects) -> None:
    check = checked(counter, objects)
    before = counter.world.store.snapshot()
    with pytest.raises(Problem) as error:
        resolve(counter, check, "?", counter.provider.lines[0].number)
    assert error.value.type.code == "DIFFERENCE_NOT_FOUND"
    assert counter.world.store.snapshot() == before


def test_the_order_of_a_payment_that_was_never_settled_is_named(counter: Counter, objects: MemoryObjects) -> None:
    order = place(counter.world, learner_id=LearnerId("a-third-learner"))
    payment = counter.start(order)
    counter.provider.pay(payment)
    (found,) = result(checked(counter, objects)).first
    assert (found.finding, found.difference.order_id) == (Finding.MISSING_HERE, order.order_id)


def audits(world: World) -> list[AuditRecord]:
    return [stored.value for stored in world.store.query("AUDIT#2026-03", "", AuditRecord)]


def test_a_statement_that_finance_brings_is_compared_instead(counter: Counter, objects: MemoryObjects) -> None:
    brought = encode(Statement(counter.provider.lines[:-1])).encode()
    check = checked(counter, objects, statement=brought)
    assert result(check).counts == {**FINDINGS, Finding.MISSING_THERE: 1}
    assert objects.kept[str(check.statement_key)] == brought


def test_what_is_no_statement_is_said_to_be_unreadable(counter: Counter, objects: MemoryObjects) -> None:
    check = checked(counter, objects, statement=b"\xff\xfe no statement")
    assert (check.state, check.result) == (CheckState.UNREADABLE, None)


def test_the_same_upload_is_one_request_and_another_one_is_not(world: World, objects: MemoryObjects) -> None:
    first = ask(world, objects, statement=b"one")
    assert ask(world, objects, statement=b"one") == first
    with pytest.raises(Problem) as error:
        ask(world, objects, statement=b"two")
    assert error.value.type.code == "IDEMPOTENCY_KEY_REUSED"
    assert [(audit.action, audit.subject, audit.reason) for audit in audits(world)] == [
        ("request_reconciliation", first.check_id, "对账")
    ]


def test_of_a_day_that_is_asked_for_several_times_the_newest_comes_first(world: World, objects: MemoryObjects) -> None:
    """Whichever provider it is of, whose name the ids begin with."""
    made = []
    for number, provider in enumerate((WECHAT, ProviderName.ALIPAY, WECHAT)):
        made.append(ask(world, objects, provider=provider, key=f"key-{number:016}").check_id)
        world.clock.advance(1000)
    assert [check.check_id for check in list_checks(world.ctx, "202603")] == made[::-1]


def test_a_statement_of_tomorrow_is_not_asked_for(world: World, objects: MemoryObjects) -> None:
    before = world.store.snapshot()
    with pytest.raises(Problem) as error:
        ask(world, objects, TODAY + timedelta(days=1), statement=b"one")
    assert error.value.type.code == "DAYS_NOT_EXPORTABLE"
    assert (world.store.snapshot(), objects.kept) == (before, {})


def test_who_asks_before_the_statement_is_made_is_told_and_the_schedule_asks_again(
    counter: Counter, objects: MemoryObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_ready(_day: date) -> list[StatementLine]:
        raise StatementNotReady

    monkeypatch.setattr(counter.provider, "statement", not_ready)
    assert checked(counter, objects).state is CheckState.NOT_READY
    request_daily_checks(counter.world.ctx, "request-2")
    for event in asked(counter.world)[1:]:
        if event.data["provider"] == WECHAT:
            with pytest.raises(StatementNotReady):
                run(counter, objects, event)


def test_a_provider_that_we_have_no_account_at_is_left_alone_unless_it_moved_money(
    counter: Counter, objects: MemoryObjects
) -> None:
    assert checked(counter, objects, provider=ProviderName.ALIPAY).state is CheckState.NO_ACCOUNT
    ask(counter.world, objects, key=OTHER_KEY)
    counter.ctx = PaymentContext(**vars(counter.world.ctx), provider=lambda _: None)
    with pytest.raises(ProviderUnavailable):
        run(counter, objects, asked(counter.world)[-1])


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_run_that_died_is_done_again_to_the_same_end(counter: Counter, objects: MemoryObjects, moment: str) -> None:
    check = ask(counter.world, objects)
    (event,) = asked(counter.world)
    setattr(counter.world.store, moment, die)
    with pytest.raises(Crash):
        run(counter, objects, event)
    kept = dict(objects.kept)
    run(counter, objects, event)
    done = read_check(counter.world.ctx, check.check_id)
    assert (done.state, objects.kept) == (CheckState.DONE, kept)
    counter.provider.lines = []
    run(counter, objects, event)
    assert read_check(counter.world.ctx, check.check_id) == done


def test_each_day_that_is_over_is_asked_for_once_per_provider(world: World) -> None:
    days = request_daily_checks(world.ctx, "request-1")
    assert days == [TODAY - timedelta(days=number) for number in range(7, 0, -1)]
    assert request_daily_checks(world.ctx, "request-2") == []
    checks = [*list_checks(world.ctx, "202602"), *list_checks(world.ctx, "202603")]
    assert {(check.day, check.provider) for check in checks} == {(day, name) for day in days for name in ProviderName}
    assert {check.requested_by for check in checks} == {SCHEDULE}
    assert len(asked(world)) == len(checks) == 14


def test_links_lead_to_the_checks_own_files_only(counter: Counter, objects: MemoryObjects) -> None:
    check = checked(counter, objects)
    name = "reconciliation-20260302-wechat.html"
    link = link_check_file(
        FinanceContext(**vars(counter.world.ctx), objects=objects), a_call(FINANCE), check.check_id, name
    )
    assert link.file == result(check).files[0]
    audits = [stored.value for stored in counter.world.store.query("AUDIT#2026-03", "", AuditRecord)]
    assert (audits[-1].action, audits[-1].subject) == ("link_finance_file", f"{check.check_id}/{name}")
    for check_id, other in ((check.check_id, "another.html"), ("20260302-wechat-" + "2" * 32, name)):
        with pytest.raises(Problem) as error:
            link_check_file(
                FinanceContext(**vars(counter.world.ctx), objects=objects), a_call(FINANCE), CheckId(check_id), other
            )
        assert error.value.type.code == "RECONCILIATION_NOT_FOUND"


def test_the_sandboxs_day_is_clean_fetched_and_uploaded(world: World, objects: MemoryObjects) -> None:
    with wechat_world(world.clock) as wechat:
        counter = Counter(world)
        counter.ctx = PaymentContext(
            **vars(world.ctx), provider=lambda name: wechat.provider if name is WECHAT else None
        )
        for number in range(2):
            payment = counter.start(place(world, learner_id=LearnerId(f"learner-{number}")))
            wechat.sandbox.act(wechat.page(payment), "silent")
            settle_payment(counter.ctx, payment.number)
        assert result(checked(counter, objects)).is_clean
        bill = wechat.sandbox.till.bill(TODAY).encode()
        assert result(checked(counter, objects, statement=bill, key=OTHER_KEY)).is_clean
        cut = checked(counter, objects, statement=bill[:-40], key="key-0000000000003")
        assert cut.state is CheckState.UNREADABLE
