"""Registering certificates and confirming them."""

from dataclasses import dataclass, replace
from datetime import date

from services.credits.app.account import Account, Cause, current_certificates
from services.credits.app.context import Context
from services.credits.app.problems import (
    CERTIFICATE_ALREADY_CONFIRMED,
    CERTIFICATE_CHANGED,
    CERTIFICATE_NOT_FOUND,
    OWN_CERTIFICATE,
    PERIOD_START_OUT_OF_RANGE,
)
from services.credits.app.settle_holds import first_releases
from services.credits.domain.certificates import Certificate, State
from services.credits.domain.credentials import Credential
from services.credits.domain.periods import civil_date
from services.credits.events import published
from services.kit.events import Envelope
from services.kit.identity import Principal
from services.kit.store import Change, commit_retrying


@dataclass(frozen=True)
class Registration:
    """What a learner says of a certificate."""

    credential: Credential
    number: str
    period_start: date


def register_certificate(ctx: Context, learner_id: str, wanted: Registration) -> Certificate:
    """Registers a certificate, or corrects one that is not confirmed. The same again changes nothing.

    Raises:
        Problem: PERIOD_START_OUT_OF_RANGE, CERTIFICATE_ALREADY_CONFIRMED, PERSON_ERASED.
        Conflict: others kept writing.
    """
    earliest, latest = ctx.rules.earliest_start(wanted.credential), civil_date(ctx.clock.now())
    if not earliest <= wanted.period_start <= latest:
        raise PERIOD_START_OUT_OF_RANGE.problem(earliest=str(earliest), latest=str(latest))

    def plan() -> tuple[Change, Certificate]:
        account = Account(ctx, learner_id)
        known = account.certificates.get(wanted.credential)
        if known and (known.number, known.period_start) == (wanted.number, wanted.period_start):
            return Change(), known
        if known and known.confirmed:
            raise CERTIFICATE_ALREADY_CONFIRMED.problem()
        certificate = _registered(ctx, learner_id, wanted, known)
        return Change([account.put_certificate(certificate), account.put_head()]), certificate

    return commit_retrying(ctx.store, plan)


def list_certificates(ctx: Context, learner_id: str) -> list[Certificate]:
    """A learner's certificates as they stand."""
    return list(current_certificates(ctx.store, learner_id).values())


@dataclass(frozen=True)
class Confirmation:
    """An administrator's confirmation; `revision` is the one they looked at, if they say so."""

    learner_id: str
    credential: Credential
    reason: str
    revision: int | None = None


def confirm_certificate(
    ctx: Context, administrator: Principal, wanted: Confirmation, correlation_id: str
) -> Certificate:
    """Confirms a certificate and releases the first holds; the event it publishes releases the others.

    Confirming it again changes nothing.

    Raises:
        Problem: OWN_CERTIFICATE, CERTIFICATE_NOT_FOUND, CERTIFICATE_CHANGED, PERSON_ERASED.
        Conflict: others kept writing.
    """
    if administrator.id == wanted.learner_id:
        raise OWN_CERTIFICATE.problem()

    def plan() -> tuple[Change, Certificate]:
        account = Account(ctx, wanted.learner_id)
        known = account.certificates.get(wanted.credential)
        if known is None:
            raise CERTIFICATE_NOT_FOUND.problem()
        if known.confirmed:
            return Change(), known
        if wanted.revision not in (None, known.revision):
            raise CERTIFICATE_CHANGED.problem(revision=known.revision)
        certificate = _confirmed(ctx, administrator, known)
        confirmed = account.put_certificate(certificate)
        writes, events = account.post(first_releases(account), Cause(correlation_id))
        subject = f"{wanted.learner_id}/{wanted.credential}/{certificate.revision}"
        audit = ctx.audit.entry(administrator, "confirm_certificate", subject, wanted.reason)
        told = _confirmation_event(ctx, certificate, correlation_id)
        return Change([confirmed, audit, *writes], [*events, told]), certificate

    return commit_retrying(ctx.store, plan)


def _registered(ctx: Context, learner_id: str, wanted: Registration, known: Certificate | None) -> Certificate:
    return Certificate(
        revision=known.revision + 1 if known else 1,
        learner_id=learner_id,
        credential=wanted.credential,
        number=wanted.number,
        period_start=wanted.period_start,
        state=State.REGISTERED,
        at=ctx.clock.now(),
        by=learner_id,
    )


def _confirmed(ctx: Context, administrator: Principal, known: Certificate) -> Certificate:
    return replace(known, revision=known.revision + 1, state=State.CONFIRMED, at=ctx.clock.now(), by=administrator.id)


def _confirmation_event(ctx: Context, certificate: Certificate, correlation_id: str) -> Envelope:
    data = published.CertificateConfirmed(
        learner_id=certificate.learner_id,
        credential=certificate.credential,
        period_start=certificate.period_start,
        confirmed_at=certificate.at,
    )
    subject = f"{certificate.learner_id}/{certificate.credential}"
    return ctx.events.make(published.CertificateConfirmed.TYPE, data, subject=subject, correlation_id=correlation_id)
