"""An administrator enters hours that were earned elsewhere. A review takes them back, as it does an award."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from services.credits.app.awarding.problems import GRANT_NOT_CONFIRMED, GRANT_OUTSIDE_PERIODS, OWN_AWARD
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.account import Account, Cause
from services.credits.domain.awarding import period_on
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ids import CourseId, LearnerId, WatchId
from services.credits.domain.ledger import Completion, Draft, Entry, Kind, Reason
from services.credits.domain.periods import Period
from services.kit.call import Call
from services.kit.days import civil_day, start_of
from services.kit.idempotency import answer_once
from services.kit.store import Change


@dataclass(frozen=True)
class Grant:
    """What is to be entered: `title` says what the hours were earned with, `reason` why they are entered."""

    learner_id: LearnerId
    credential: Credential
    hours: Decimal
    category: Category
    title: str
    earned_on: date
    reason: str


def grant_hours(ctx: LedgerContext, call: Call, wanted: Grant) -> Entry:
    """Adds the grant to the ledger, with the reason in the audit log; a retry with the same key returns the same entry.

    The period is the one in which the day lies. A grant is no watch: no quota is charged, and no lecture marked.

    Raises:
        Problem: OWN_AWARD, PERSON_ERASED, GRANT_NOT_CONFIRMED, GRANT_OUTSIDE_PERIODS, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    if call.caller_id == wanted.learner_id:
        raise OWN_AWARD.problem()

    def plan() -> tuple[Change, Entry]:
        account = Account(ctx, wanted.learner_id)
        account.require_person()
        draft = _draft(wanted, _period(ctx, account, wanted), call.caller_id)
        writes, events, (entry,) = account.enter([draft], Cause(call.correlation_id))
        subject = f"{wanted.learner_id}/{entry.number}"
        audit = ctx.audit.entry(call.caller, "grant_hours", subject, wanted.reason)
        return Change([audit, *writes], events), entry

    texts = {"hours": format(wanted.hours, "f"), "earned_on": wanted.earned_on.isoformat()}
    request = call.request("grant_hours", **{**asdict(wanted), **texts})
    return answer_once(ctx.store, ctx.clock, request, Entry, plan)


def _period(ctx: LedgerContext, account: Account, wanted: Grant) -> Period:
    certificate = account.certificates.get(wanted.credential)
    if certificate is None or not certificate.confirmed:
        raise GRANT_NOT_CONFIRMED.problem()
    today = civil_day(ctx.clock.now())
    period = period_on(certificate, wanted.earned_on, ctx.rules)
    if period is None or wanted.earned_on > today:
        raise GRANT_OUTSIDE_PERIODS.problem(earliest=str(certificate.period_start), latest=str(today))
    return period


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
