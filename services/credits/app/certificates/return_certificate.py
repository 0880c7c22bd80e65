"""Returning a certificate that cannot be confirmed as it is, by an administrator: the learner is told why."""

from dataclasses import dataclass, replace

from services.credits.app.certificates.confirm_certificate import audited
from services.credits.app.certificates.items import read_holder
from services.credits.app.certificates.problems import (
    CERTIFICATE_ALREADY_CONFIRMED,
    CERTIFICATE_CHANGED,
    CERTIFICATE_NOT_FOUND,
    OWN_CERTIFICATE,
)
from services.credits.app.certificates.waiting import decided, taken_out
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.account import Account
from services.credits.domain.certificates import Certificate
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.events.published import CertificateReturned
from services.kit.call import Call
from services.kit.store import Change, commit_retrying, required


@dataclass(frozen=True)
class Return:
    """What is to be corrected, in the administrator's words; `revision` is the one that was looked at."""

    learner_id: LearnerId
    credential: Credential
    reason: str
    revision: int


def return_certificate(ctx: LedgerContext, call: Call, wanted: Return) -> Certificate:
    """Hands a certificate back to its learner, who corrects it or sends it again. One that is returned stays so.

    Raises:
        Problem: OWN_CERTIFICATE, CERTIFICATE_NOT_FOUND, CERTIFICATE_ALREADY_CONFIRMED, CERTIFICATE_CHANGED,
            PERSON_ERASED.
        Conflict: others kept writing.
    """
    if call.caller_id == wanted.learner_id:
        raise OWN_CERTIFICATE.problem()

    def plan() -> tuple[Change, Certificate]:
        account = Account(ctx, wanted.learner_id)
        known = required(account.certificates.get(wanted.credential), CERTIFICATE_NOT_FOUND.problem())
        if known.confirmed:
            raise CERTIFICATE_ALREADY_CONFIRMED.problem()
        if wanted.revision != known.revision:
            raise CERTIFICATE_CHANGED.problem(revision=known.revision)
        holder = read_holder(ctx.store, wanted.learner_id, wanted.credential)
        if holder.value.returned is not None:
            return Change(), known
        now = ctx.clock.now()
        back = holder.put(replace(decided(holder.value), returned=wanted.reason, returned_at=now))
        out = taken_out(ctx.store, wanted.learner_id, wanted.credential, holder.value)
        audit = audited(ctx, call, "return_certificate", known, wanted.reason)
        data = CertificateReturned(learner_id=wanted.learner_id, credential=wanted.credential, returned_at=now)
        subject = f"{wanted.learner_id}/{wanted.credential}"
        told = ctx.events.make(data, subject=subject, correlation_id=call.correlation_id)
        return Change([account.put_head(), back, *out, audit], [told]), known

    return commit_retrying(ctx.store, plan)
