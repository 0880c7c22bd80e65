"""An administrator enters hours that were earned elsewhere. A review takes them back, as it does an award."""

from dataclasses import asdict
from decimal import Decimal

from services.credits.app.awarding.problems import (
    GRANT_NEEDS_SECOND,
    GRANT_NOT_CONFIRMED,
    GRANT_NOT_VALID,
    GRANT_OUTSIDE_PERIODS,
    GRANT_REPEATED,
    GRANT_TOO_MUCH,
    OWN_AWARD,
)
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.account import Account, Cause
from services.credits.domain.awarding import period_on
from services.credits.domain.grants import Grant, granted_hours, repeated
from services.credits.domain.ids import CourseId, WatchId
from services.credits.domain.ledger import Completion, Draft, Entry, Kind, Reason
from services.credits.domain.periods import Period
from services.kit.call import Call
from services.kit.days import civil_day, start_of
from services.kit.events import Envelope
from services.kit.idempotency import answer_once
from services.kit.store import Change, Write


def grant_hours(ctx: LedgerContext, call: Call, wanted: Grant) -> Entry:
    """Adds the grant to the ledger, with the reason in the audit log; a retry with the same key returns the same entry.

    The period is the one in which the day lies. A grant is no watch: no quota is charged, and no lecture marked.

    Raises:
        Problem: OWN_AWARD, GRANT_NEEDS_SECOND, IDEMPOTENCY_KEY_REUSED; as `grantable_in`.
        Conflict: others kept writing.
    """
    if call.caller_id == wanted.learner_id:
        raise OWN_AWARD.problem()

    def plan() -> tuple[Change, Entry]:
        account = Account(ctx, wanted.learner_id)
        period = grantable_in(ctx, account, wanted)
        alone = ctx.rules.in_force(wanted.credential, period.start).grants.alone_hours
        if _with(account, wanted, period) > alone:
            raise GRANT_NEEDS_SECOND.problem(alone_hours=format(alone, "f"))
        writes, events, entry = entered(ctx, call, account, wanted, period)
        return Change(writes, events), entry

    request = call.request("grant_hours", **request_content(wanted))
    return answer_once(ctx.store, ctx.clock, request, Entry, plan)


def grantable_in(ctx: LedgerContext, account: Account, wanted: Grant) -> Period:
    """The period that a grant would count in.

    Raises:
        Problem: PERSON_ERASED, GRANT_NOT_CONFIRMED, GRANT_OUTSIDE_PERIODS, GRANT_NOT_VALID, GRANT_REPEATED,
            GRANT_TOO_MUCH.
    """
    account.require_person()
    certificate = account.certificates.get(wanted.credential)
    if certificate is None or not certificate.confirmed:
        raise GRANT_NOT_CONFIRMED.problem()
    today = civil_day(ctx.clock.now())
    period = period_on(certificate, wanted.earned_on, ctx.rules)
    if period is None or wanted.earned_on > today:
        raise GRANT_OUTSIDE_PERIODS.problem(earliest=str(certificate.period_start), latest=str(today))
    if not certificate.valid_on(wanted.earned_on):
        raise GRANT_NOT_VALID.problem()
    before = repeated(wanted, account.entries())
    if before:
        raise GRANT_REPEATED.problem(number=before.number)
    most = ctx.rules.in_force(wanted.credential, period.start).grants.most_hours
    if _with(account, wanted, period) > most:
        raise GRANT_TOO_MUCH.problem(most_hours=format(most, "f"))
    return period


def entered(
    ctx: LedgerContext, call: Call, account: Account, wanted: Grant, period: Period
) -> tuple[list[Write], list[Envelope], Entry]:
    """What enters a grant, with the audit record of whoever does."""
    draft = _draft(wanted, period, call.caller_id)
    writes, events, (entry,) = account.enter([draft], Cause(call.correlation_id))
    audit = ctx.audit.entry(call.caller, "grant_hours", f"{wanted.learner_id}/{entry.number}", wanted.reason)
    return [audit, *writes], events, entry


def request_content(wanted: Grant) -> dict[str, str]:
    """A grant as JSON values."""
    texts = {"hours": format(wanted.hours, "f"), "earned_on": wanted.earned_on.isoformat()}
    return {**asdict(wanted), **texts}


def _with(account: Account, wanted: Grant, period: Period) -> Decimal:
    """What would have been granted in the period then."""
    return granted_hours(account.entries(), wanted.credential, period) + wanted.hours


def _draft(wanted: Grant, period: Period, administrator_id: str) -> Draft:
    learned = Completion(
        watch_id=WatchId(""),
        course_id=CourseId(""),
        content_id="",
        content_version="",
        title=wanted.title,
        hours=wanted.hours,
        category=wanted.category,
        completed_at=start_of(wanted.earned_on),
    )
    return Draft(
        Kind.GRANT,
        Reason.ADMINISTRATIVE_GRANT,
        wanted.hours,
        learned,
        wanted.credential,
        period,
        note=wanted.reason,
        actor=administrator_id,
    )
