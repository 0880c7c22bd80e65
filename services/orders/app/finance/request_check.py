"""Asking for a provider's statement of a day to be compared with our cash book, and reading what came of it."""

from datetime import date
from hashlib import sha256

from services.kit.call import Call
from services.kit.days import civil_day
from services.kit.events import Envelope
from services.kit.idempotency import answer_once
from services.kit.store import Change, Put, required
from services.orders.app.context import Context, FinanceContext
from services.orders.app.finance.daily import Assignment, ask_for_days_over
from services.orders.app.finance.file_links import Link, link_to
from services.orders.app.finance.items import check_key, checks_of_month
from services.orders.app.finance.problems import DAYS_NOT_EXPORTABLE, RECONCILIATION_NOT_FOUND
from services.orders.app.items import new_number
from services.orders.domain.export import SCHEDULE
from services.orders.domain.ids import CheckId
from services.orders.domain.payment import ProviderName
from services.orders.domain.statement_check import StatementCheck
from services.orders.events.published import ReconciliationRequested

STATEMENTS = "statements/"


def request_check(
    ctx: FinanceContext, call: Call, provider: ProviderName, day: date, statement: bytes | None, reason: str
) -> StatementCheck:
    """Asks for a check; with a statement as it was downloaded from the provider, that one is compared.

    Raises:
        Problem: DAYS_NOT_EXPORTABLE, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    if day > civil_day(ctx.clock.now()):
        raise DAYS_NOT_EXPORTABLE.problem()
    statement_key = _keep(ctx, statement) if statement is not None else None

    def plan() -> tuple[Change, StatementCheck]:
        check = _new(ctx, provider, day, call.caller_id, reason, call.correlation_id, statement_key)
        audit = ctx.audit.entry(call.caller, "request_reconciliation", check.check_id, reason)
        return Change([Put(check_key(check.check_id), check), audit], [_requested(ctx, check)]), check

    asked = {"provider": provider, "day": f"{day}", "reason": reason, "statement": statement_key}
    request = call.request("request_reconciliation", **asked)
    return answer_once(ctx.store, ctx.clock, request, StatementCheck, plan)


def request_daily_checks(ctx: Context, correlation_id: str) -> list[date]:
    """Asks for the check of each of the last days that is over, once per provider; returns the days asked for now."""
    asked: set[date] = set()
    for provider in ProviderName:

        def ask(day: date, provider: ProviderName = provider) -> Assignment:
            check = _new(ctx, provider, day, SCHEDULE, "每日对账 daily reconciliation", correlation_id, None)
            return Assignment(check.check_id, Put(check_key(check.check_id), check), _requested(ctx, check))

        asked |= set(ask_for_days_over(ctx, f"RECONCILIATION#{provider}", ask))
    return sorted(asked)


def read_check(ctx: Context, check_id: CheckId) -> StatementCheck:
    """One check. Raises RECONCILIATION_NOT_FOUND."""
    return required(ctx.store.get(check_key(check_id), StatementCheck), RECONCILIATION_NOT_FOUND.problem()).value


def list_checks(ctx: Context, month: str) -> list[StatementCheck]:
    """The checks of a civil month's days (such as 202611), the newest day first, and of a day the newest."""
    found = [stored.value for stored in ctx.store.query(checks_of_month(month), "", StatementCheck)]
    return sorted(found, key=lambda check: (check.day, check.requested_at, check.check_id), reverse=True)


def link_check_file(ctx: FinanceContext, call: Call, check_id: CheckId, name: str) -> Link:
    """A link to the report or the list of a check; that it was handed out goes into the audit log.

    Raises:
        Problem: RECONCILIATION_NOT_FOUND.
    """
    check = read_check(ctx, check_id)
    return required(
        link_to(ctx, call, check.result.files if check.result else (), check_id, name),
        RECONCILIATION_NOT_FOUND.problem(),
    )


def _keep(ctx: FinanceContext, statement: bytes) -> str:
    key = f"{STATEMENTS}{sha256(statement).hexdigest()}"
    ctx.objects.put(key, statement, "application/octet-stream")
    return key


def _new(
    ctx: Context,
    provider: ProviderName,
    day: date,
    actor_id: str,
    reason: str,
    correlation_id: str,
    statement_key: str | None,
) -> StatementCheck:
    return StatementCheck(
        check_id=CheckId(f"{day:%Y%m%d}-{provider}-{new_number(ctx)}"),
        provider=provider,
        day=day,
        requested_by=actor_id,
        reason=reason,
        requested_at=ctx.clock.now(),
        correlation_id=correlation_id,
        statement_key=statement_key,
    )


def _requested(ctx: Context, check: StatementCheck) -> Envelope:
    data = ReconciliationRequested(reconciliation_id=check.check_id, provider=check.provider, day=check.day)
    return ctx.events.make(data, subject=check.check_id, correlation_id=check.correlation_id)
