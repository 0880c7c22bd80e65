"""Registering certificates and confirming them."""

from dataclasses import dataclass, replace
from datetime import date

from services.credits.app.awarding.settle_holds import first_releases
from services.credits.app.context import Context
from services.credits.app.ledger.account import Account, Cause, current_certificates
from services.credits.app.problems import (
    CERTIFICATE_ALREADY_CONFIRMED,
    CERTIFICATE_CHANGED,
    CERTIFICATE_NOT_CONFIRMED,
    CERTIFICATE_NOT_FOUND,
    OWN_CERTIFICATE,
    PERIOD_START_OUT_OF_RANGE,
    VALIDITY_IMPLAUSIBLE,
)
from services.credits.domain.certificates import Certificate, State
from services.credits.domain.credentials import Credential
from services.credits.domain.periods import Period
from services.credits.events import published
from services.kit.days import civil_day
from services.kit.events import Envelope
from services.kit.identity import Principal
from services.kit.store import Change, commit_retrying


@dataclass(frozen=True)
class Registration:
    """What a learner says of a certificate. `valid_until` is its last day, None where the learner does not say."""

    credential: Credential
    number: str
    period_start: date
    valid_until: date | None = None

    @property
    def validity(self) -> tuple[Period, ...]:
        """The days it is said to be valid on: from the period's first day, before which nothing is awarded."""
        return (Period(self.period_start, self.valid_until),) if self.valid_until else ()


def register_certificate(ctx: Context, learner_id: str, wanted: Registration) -> Certificate:
    """Registers a certificate, or corrects one that is not confirmed. The same again changes nothing.

    Raises:
        Problem: PERIOD_START_OUT_OF_RANGE, VALIDITY_IMPLAUSIBLE, CERTIFICATE_ALREADY_CONFIRMED, PERSON_ERASED.
        Conflict: others kept writing.
    """
    earliest, latest = ctx.rules.earliest_start(wanted.credential), civil_day(ctx.clock.now())
    if not earliest <= wanted.period_start <= latest:
        raise PERIOD_START_OUT_OF_RANGE.problem(earliest=str(earliest), latest=str(latest))
    if wanted.valid_until and wanted.valid_until < wanted.period_start:
        raise VALIDITY_IMPLAUSIBLE.problem()

    def plan() -> tuple[Change, Certificate]:
        account = Account(ctx, learner_id)
        known = account.certificates.get(wanted.credential)
        if known and _says_the_same(known, wanted):
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
        done = ("confirm_certificate", wanted.reason)
        return _announced(ctx, account, administrator, certificate, done, correlation_id)

    return commit_retrying(ctx.store, plan)


@dataclass(frozen=True)
class Renewal:
    """Days on which a certificate is valid, both included; `revision` is the one that was looked at, if they say so."""

    learner_id: str
    credential: Credential
    valid_from: date
    valid_until: date
    reason: str
    revision: int | None = None


def renew_certificate(ctx: Context, administrator: Principal, wanted: Renewal, correlation_id: str) -> Certificate:
    """Adds days of validity to a confirmed certificate, and releases what waited for them. The same again adds nothing.

    Nothing that is in the ledger moves: entries keep the period that they were given.

    Raises:
        Problem: OWN_CERTIFICATE, VALIDITY_IMPLAUSIBLE, CERTIFICATE_NOT_FOUND, CERTIFICATE_NOT_CONFIRMED,
            CERTIFICATE_CHANGED, PERSON_ERASED.
        Conflict: others kept writing.
    """
    if administrator.id == wanted.learner_id:
        raise OWN_CERTIFICATE.problem()
    if wanted.valid_until < wanted.valid_from:
        raise VALIDITY_IMPLAUSIBLE.problem()
    span = Period(wanted.valid_from, wanted.valid_until)

    def plan() -> tuple[Change, Certificate]:
        account = Account(ctx, wanted.learner_id)
        known = account.certificates.get(wanted.credential)
        if known is None:
            raise CERTIFICATE_NOT_FOUND.problem()
        if not known.confirmed:
            raise CERTIFICATE_NOT_CONFIRMED.problem()
        if span in known.validity:
            return Change(), known
        if wanted.revision not in (None, known.revision):
            raise CERTIFICATE_CHANGED.problem(revision=known.revision)
        renewed = replace(_confirmed(ctx, administrator, known), validity=(*known.validity, span))
        return _announced(ctx, account, administrator, renewed, ("renew_certificate", wanted.reason), correlation_id)

    return commit_retrying(ctx.store, plan)


def _announced(
    ctx: Context,
    account: Account,
    administrator: Principal,
    certificate: Certificate,
    done: tuple[str, str],
    correlation_id: str,
) -> tuple[Change, Certificate]:
    """An administrator's revision with its first releases, its audit record (action and reason), and its event."""
    writes = [account.put_certificate(certificate)]
    posted, events = account.post(first_releases(account), Cause(correlation_id))
    subject = f"{certificate.learner_id}/{certificate.credential}/{certificate.revision}"
    audit = ctx.audit.entry(administrator, done[0], subject, done[1])
    told = _confirmation_event(ctx, certificate, correlation_id)
    return Change([*writes, audit, *posted], [*events, told]), certificate


def _says_the_same(known: Certificate, wanted: Registration) -> bool:
    """A confirmed certificate may have been renewed since it was registered."""
    same = (known.number, known.period_start) == (wanted.number, wanted.period_start)
    silent = known.confirmed and not wanted.validity
    return same and (silent or known.validity[:1] == wanted.validity)


def _registered(ctx: Context, learner_id: str, wanted: Registration, known: Certificate | None) -> Certificate:
    return Certificate(
        revision=known.revision + 1 if known else 1,
        learner_id=learner_id,
        credential=wanted.credential,
        number=wanted.number,
        period_start=wanted.period_start,
        validity=wanted.validity,
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
