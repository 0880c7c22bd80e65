"""Comparing a provider's statement of a day with our cash book, and the report on one page."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import islice

from services.kit.csv_file import csv_bytes
from services.kit.days import ONE_DAY, civil_day
from services.kit.events import Envelope
from services.kit.observability import count, logger
from services.kit.store import MAX_TRANSACTION_ITEMS, Change, Stored, commit_retrying, required
from services.kit.store.pages import merged
from services.orders.app.context import Context, FinanceContext, ReconciliationContext
from services.orders.app.finance.items import (
    check_key,
    movement_key,
    movements_of_day,
    resolution_key,
    resolutions,
)
from services.orders.app.finance.reconciliation_report import difference_rows, reconciliation_report
from services.orders.app.metrics import RECONCILIATION_DIFFERENCES, RECONCILIATIONS
from services.orders.app.payments.items import payment_key
from services.orders.app.refunds.items import refund_key
from services.orders.domain.export import SCHEDULE, KeptFile
from services.orders.domain.ids import CheckId, PaymentNumber, RefundId
from services.orders.domain.movement import Movement
from services.orders.domain.payment import (
    LineKind,
    MalformedStatement,
    Payment,
    PaymentProvider,
    ProviderUnavailable,
    StatementLine,
    StatementNotReady,
)
from services.orders.domain.reconciliation import Reference, reconcile, reference_of
from services.orders.domain.refund import Refund
from services.orders.domain.statement_check import (
    SHOWN,
    CheckResult,
    CheckState,
    Finding,
    ReportedDifference,
    StatementCheck,
    differences,
)
from services.orders.events.published import ReconciliationRequested

REPORTS = "reports/"
_HTML, _CSV = "text/html; charset=utf-8", "text/csv; charset=utf-8"


def run_check(ctx: ReconciliationContext, event: Envelope) -> None:
    """Does a check that was asked for, once: a second delivery finds it done.

    Raises:
        LookupError: no such check.
        StatementNotReady: of a daily one; the queue asks again.
        ProviderUnavailable, ProviderRefused, Conflict: the queue delivers the event again.
    """
    check = _stored(ctx, CheckId(ReconciliationRequested.model_validate(event.data).reconciliation_id)).value
    if check.state is not CheckState.REQUESTED:
        return
    ours = [stored.value for stored in merged(ctx.store, movements_of_day(check.provider, check.day), "", Movement)]
    provider = ctx.provider(check.provider)
    if provider is None and ours:
        raise ProviderUnavailable(f"no account at {check.provider}, which moved money")
    state, lines = _statement(ctx, provider, check)
    result = _compared(ctx, check, lines, ours) if state is CheckState.DONE else None
    _finish(ctx, check, state, result)


def _stored(ctx: Context, check_id: CheckId) -> Stored[StatementCheck]:
    return required(ctx.store.get(check_key(check_id), StatementCheck), LookupError(check_id))


def _statement(
    ctx: FinanceContext, provider: PaymentProvider | None, check: StatementCheck
) -> tuple[CheckState, Sequence[StatementLine]]:
    if provider is None:
        return CheckState.NO_ACCOUNT, ()
    try:
        if check.statement_key is None:
            return CheckState.DONE, provider.statement(check.day)
        content = required(ctx.objects.get(check.statement_key), LookupError(check.statement_key))
        return CheckState.DONE, provider.read_statement(content)
    except StatementNotReady:
        if check.requested_by == SCHEDULE:
            raise
        return CheckState.NOT_READY, ()
    except MalformedStatement as error:
        logger().warning("statement unreadable", check_id=check.check_id, reason=str(error))
        return CheckState.UNREADABLE, ()


def _compared(
    ctx: FinanceContext, check: StatementCheck, lines: Sequence[StatementLine], ours: Sequence[Movement]
) -> CheckResult:
    done = reconcile(check.day, lines, ours, _dated_otherwise(ctx, check, lines, ours))
    found = _reported(ctx, check, differences(done))
    name = f"{check.day:%Y%m%d}-{check.provider}"
    headings, rows = difference_rows(found)
    files = (
        _keep(ctx, check, f"reconciliation-{name}.html", reconciliation_report(check, done, found).encode(), _HTML),
        _keep(ctx, check, f"differences-{name}.csv", csv_bytes(headings, rows), _CSV),
    )
    _enter_fees(ctx, check, done.new_fees)
    counts = {finding: sum(one.finding is finding for one in found) for finding in Finding}
    return CheckResult(dict(done.matched), dict(done.ours), dict(done.theirs), counts, tuple(found[:SHOWN]), files)


def _reported(ctx: Context, check: StatementCheck, found: Iterable[ReportedDifference]) -> list[ReportedDifference]:
    """What finance has not found out about before what it has; the first of them with the order they are about."""
    resolved = resolutions(ctx.store, check.provider, check.day)
    ranked = sorted(found, key=lambda one: resolution_key(check.provider, check.day, one) in resolved)
    return [*(_with_order(ctx, one) for one in ranked[:SHOWN]), *ranked[SHOWN:]]


def _with_order(ctx: Context, found: ReportedDifference) -> ReportedDifference:
    """Also where no movement says so: the payment or the refund may be known that was never settled."""
    one = found.difference
    if one.order_id is not None:
        return found
    known: Stored[Payment] | Stored[Refund] | None = (
        ctx.store.get(payment_key(PaymentNumber(one.reference)), Payment)
        if one.kind is LineKind.PAYMENT
        else ctx.store.get(refund_key(RefundId(one.reference)), Refund)
    )
    return replace(found, difference=replace(one, order_id=known.value.order_id)) if known else found


def _dated_otherwise(
    ctx: Context, check: StatementCheck, lines: Iterable[StatementLine], ours: Iterable[Movement]
) -> list[Movement]:
    """Movements that the statement has and that we date to another day: to its line's, or the one before or after."""
    known = {(movement.kind, movement.reference) for movement in ours}
    found: dict[Reference, Movement] = {}
    for line in lines:
        reference = reference_of(line)
        if reference not in known and reference not in found:
            stored = _dated_near(ctx, check, line)
            found |= {reference: stored.value} if stored else {}
    return list(found.values())


def _dated_near(ctx: Context, check: StatementCheck, line: StatementLine) -> Stored[Movement] | None:
    days = dict.fromkeys((check.day, civil_day(line.at), check.day - ONE_DAY, check.day + ONE_DAY))
    kind, reference = reference_of(line)
    keys = (movement_key(check.provider, day, kind, reference or "-") for day in days)
    return next(filter(None, (ctx.store.get(key, Movement) for key in keys)), None)


def _enter_fees(ctx: Context, check: StatementCheck, lines: Iterable[StatementLine]) -> None:
    """Notes in the cash book what the provider kept, once: a statement that says otherwise later is a difference."""
    told = iter(lines)
    while batch := list(islice(told, MAX_TRANSACTION_ITEMS)):
        commit_retrying(ctx.store, partial(_plan_fees, ctx, check, batch))


def _plan_fees(ctx: Context, check: StatementCheck, lines: Iterable[StatementLine]) -> tuple[Change, None]:
    writes = []
    for line in lines:
        stored = _dated_near(ctx, check, line)
        if stored and stored.value.fee_fen is None:
            writes.append(stored.put(replace(stored.value, fee_fen=line.fee_fen)))
    return Change(writes), None


def _keep(ctx: FinanceContext, check: StatementCheck, name: str, content: bytes, content_type: str) -> KeptFile:
    digest = sha256(content).hexdigest()
    key = f"{REPORTS}{check.check_id}/{digest[:16]}/{name}"
    ctx.objects.put(key, content, content_type)
    return KeptFile(name, key, len(content), digest)


def _finish(ctx: Context, check: StatementCheck, state: CheckState, result: CheckResult | None) -> None:
    check_id = check.check_id

    def plan() -> tuple[Change, bool]:
        stored = _stored(ctx, check_id)
        if stored.value.state is not CheckState.REQUESTED:
            return Change(), False
        finished = stored.value.finished(state, ctx.clock.now(), result)
        return Change([stored.put(finished)]), True

    if commit_retrying(ctx.store, plan):
        count(RECONCILIATIONS, state=state)
        if result and not _all_resolved(ctx, check, result):
            logger().error("statement differs", check_id=check_id, differences=sum(result.counts.values()))
            count(RECONCILIATION_DIFFERENCES)


def _all_resolved(ctx: Context, check: StatementCheck, result: CheckResult) -> bool:
    """Whether there is none that finance has not found out about: those come first."""
    resolved = resolutions(ctx.store, check.provider, check.day)
    return all(resolution_key(check.provider, check.day, found) in resolved for found in result.first)
