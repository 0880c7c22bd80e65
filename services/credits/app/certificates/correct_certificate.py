"""Correcting a confirmed certificate, by an administrator: a dated revision with its reason; earlier ones stay."""

from dataclasses import dataclass, replace
from datetime import date

from services.credits.app.certificates.confirm_certificate import announced, audited, confirmed
from services.credits.app.certificates.numbers import bind_number, give_up_number
from services.credits.app.certificates.problems import (
    CERTIFICATE_CHANGED,
    CERTIFICATE_NOT_CONFIRMED,
    CERTIFICATE_NOT_FOUND,
    HOURS_STAND,
    OWN_CERTIFICATE,
)
from services.credits.app.certificates.register_certificate import require_start
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.account import Account
from services.credits.app.lookups.items import number_writes
from services.credits.domain.balances import counting
from services.credits.domain.certificates import Certificate
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.kit.call import Call
from services.kit.store import Change, Write, commit_retrying, required


@dataclass(frozen=True)
class Correction:
    """What a confirmed certificate is to say; None leaves it. `revision` is the one that was looked at."""

    learner_id: LearnerId
    credential: Credential
    reason: str
    revision: int
    number: str | None = None
    period_start: date | None = None


def correct_certificate(ctx: LedgerContext, call: Call, wanted: Correction) -> Certificate:
    """Corrects number or first day of a confirmed certificate. What it says already changes nothing.

    The first day can only be corrected while no hours stand: a lecture counts once in a period, so periods that begin
    on other days would count it again.

    Raises:
        Problem: OWN_CERTIFICATE, PERIOD_START_OUT_OF_RANGE, CERTIFICATE_NOT_FOUND, CERTIFICATE_NOT_CONFIRMED,
            CERTIFICATE_CHANGED, HOURS_STAND, NUMBER_TAKEN, PERSON_ERASED.
        Conflict: others kept writing.
    """
    if call.caller_id == wanted.learner_id:
        raise OWN_CERTIFICATE.problem()
    if wanted.period_start:
        require_start(ctx, wanted.credential, wanted.period_start)

    def plan() -> tuple[Change, Certificate]:
        account = Account(ctx, wanted.learner_id)
        known = required(account.certificates.get(wanted.credential), CERTIFICATE_NOT_FOUND.problem())
        if not known.confirmed:
            raise CERTIFICATE_NOT_CONFIRMED.problem()
        number, start = wanted.number or known.number, wanted.period_start or known.period_start
        if (number, start) == (known.number, known.period_start):
            return Change(), known
        if wanted.revision != known.revision:
            raise CERTIFICATE_CHANGED.problem(revision=known.revision)
        if start != known.period_start and counting(account.entries(), wanted.credential):
            raise HOURS_STAND.problem()
        corrected = replace(confirmed(ctx, call, known), number=number, period_start=start)
        moved = _moved_number(ctx, known, number) if number != known.number else []
        audit = audited(ctx, call, "correct_certificate", corrected, wanted.reason)
        found_by = number_writes(ctx.store, ctx.macs, wanted.learner_id, wanted.credential, number)
        return announced(ctx, call, account, corrected, [audit, *moved, *found_by])

    return commit_retrying(ctx.store, plan)


def _moved_number(ctx: LedgerContext, known: Certificate, number: str) -> list[Write]:
    bound = bind_number(ctx, known.learner_id, known.credential, number)
    # Written another way it is the same number, and stays bound.
    given_up = give_up_number(ctx, known.learner_id, known.credential, known.number) if bound else []
    return [*bound, *given_up]
