"""Confirming certificates and recording their renewals, by administrators."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.credits.app.awarding.settle_holds import first_releases
from services.credits.app.certificates.items import read_holder
from services.credits.app.certificates.numbers import bind_number
from services.credits.app.certificates.problems import (
    CERTIFICATE_CHANGED,
    CERTIFICATE_NOT_CONFIRMED,
    CERTIFICATE_NOT_FOUND,
    OWN_CERTIFICATE,
    VALIDITY_IMPLAUSIBLE,
)
from services.credits.app.certificates.waiting import decided, taken_out
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.account import Account, Cause
from services.credits.domain.certificates import Certificate, State
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.periods import Period
from services.credits.events.published import CertificateConfirmed
from services.kit.call import Call
from services.kit.events import Envelope
from services.kit.store import Change, Put, Write, commit_retrying, required


@dataclass(frozen=True)
class Confirmation:
    """An administrator's confirmation; `revision` and `name` are what they looked at, if they say so."""

    learner_id: LearnerId
    credential: Credential
    reason: str
    revision: int | None = None
    name: str | None = None


def confirm_certificate(ctx: LedgerContext, call: Call, wanted: Confirmation) -> Certificate:
    """Confirms a certificate and releases the first holds; the event it publishes releases the others.

    With it the holder's name is confirmed, which documents take, and the number is bound to this person. Confirming it
    again changes nothing, unless the name is another by now: that is then the confirmed one.

    Raises:
        Problem: OWN_CERTIFICATE, CERTIFICATE_NOT_FOUND, CERTIFICATE_CHANGED, NUMBER_TAKEN, PERSON_ERASED.
        Conflict: others kept writing.
    """
    if call.caller_id == wanted.learner_id:
        raise OWN_CERTIFICATE.problem()

    def plan() -> tuple[Change, Certificate]:
        account = Account(ctx, wanted.learner_id)
        known = required(account.certificates.get(wanted.credential), CERTIFICATE_NOT_FOUND.problem())
        holder = read_holder(ctx.store, wanted.learner_id, wanted.credential)
        name = account.real_name or holder.value.name
        if known.confirmed and name == holder.value.name:
            return Change(), known
        if wanted.revision not in (None, known.revision) or wanted.name not in (None, name):
            raise CERTIFICATE_CHANGED.problem(revision=known.revision)
        certificate = confirmed(ctx, call, known)
        named_at = certificate.at if name != holder.value.name else holder.value.named_at
        held = replace(decided(holder.value), name=name, named_at=named_at, returned=None, returned_at=None)
        held_by = [holder.put(held)] if held != holder.value else []
        waiting = taken_out(ctx.store, known.learner_id, known.credential, holder.value)
        bound = bind_number(ctx, known.learner_id, known.credential, known.number)
        audit = audited(ctx, call, "confirm_certificate", certificate, wanted.reason)
        return announced(ctx, call, account, certificate, [audit, *held_by, *waiting, *bound])

    return commit_retrying(ctx.store, plan)


@dataclass(frozen=True)
class Renewal:
    """Days on which a certificate is valid, both included; `revision` is the one that was looked at, if they say so."""

    learner_id: LearnerId
    credential: Credential
    valid_from: date
    valid_until: date
    reason: str
    revision: int | None = None


def renew_certificate(ctx: LedgerContext, call: Call, wanted: Renewal) -> Certificate:
    """Adds days of validity to a confirmed certificate, and releases what waited for them. The same again adds nothing.

    Nothing that is in the ledger moves: entries keep the period that they were given.

    Raises:
        Problem: OWN_CERTIFICATE, VALIDITY_IMPLAUSIBLE, CERTIFICATE_NOT_FOUND, CERTIFICATE_NOT_CONFIRMED,
            CERTIFICATE_CHANGED, PERSON_ERASED.
        Conflict: others kept writing.
    """
    if call.caller_id == wanted.learner_id:
        raise OWN_CERTIFICATE.problem()
    if wanted.valid_until < wanted.valid_from:
        raise VALIDITY_IMPLAUSIBLE.problem()
    span = Period(wanted.valid_from, wanted.valid_until)

    def plan() -> tuple[Change, Certificate]:
        account = Account(ctx, wanted.learner_id)
        known = required(account.certificates.get(wanted.credential), CERTIFICATE_NOT_FOUND.problem())
        if not known.confirmed:
            raise CERTIFICATE_NOT_CONFIRMED.problem()
        if span in known.validity:
            return Change(), known
        if wanted.revision not in (None, known.revision):
            raise CERTIFICATE_CHANGED.problem(revision=known.revision)
        renewed = replace(confirmed(ctx, call, known), validity=(*known.validity, span))
        audit = audited(ctx, call, "renew_certificate", renewed, wanted.reason)
        return announced(ctx, call, account, renewed, [audit])

    return commit_retrying(ctx.store, plan)


def announced(
    ctx: LedgerContext, call: Call, account: Account, certificate: Certificate, more: Sequence[Write]
) -> tuple[Change, Certificate]:
    """An administrator's revision with its first releases, what else is written with it, and its event."""
    put = account.put_certificate(certificate)
    posted, events = account.post(first_releases(account), Cause(call.correlation_id))
    told = _confirmation_event(ctx, call, certificate)
    return Change([put, *more, *posted], [*events, told]), certificate


def confirmed(ctx: LedgerContext, call: Call, known: Certificate) -> Certificate:
    """The next revision of a certificate, which an administrator makes."""
    return replace(known, revision=known.revision + 1, state=State.CONFIRMED, at=ctx.clock.now(), by=call.caller_id)


def audited(ctx: LedgerContext, call: Call, action: str, certificate: Certificate, reason: str) -> Put:
    """The audit record of a revision."""
    subject = f"{certificate.learner_id}/{certificate.credential}/{certificate.revision}"
    return ctx.audit.entry(call.caller, action, subject, reason)


def _confirmation_event(ctx: LedgerContext, call: Call, certificate: Certificate) -> Envelope:
    data = CertificateConfirmed(
        learner_id=certificate.learner_id,
        credential=certificate.credential,
        period_start=certificate.period_start,
        confirmed_at=certificate.at,
    )
    subject = f"{certificate.learner_id}/{certificate.credential}"
    return ctx.events.make(data, subject=subject, correlation_id=call.correlation_id)
