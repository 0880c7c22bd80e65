"""Certificates: registered by learners, confirmed and renewed by administrators."""

from datetime import date, datetime
from typing import Annotated, TypeVar

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import AfterValidator, Field, StrictInt, StrictStr

from services.credits.app.certificates.confirm_certificate import (
    Confirmation,
    Renewal,
    confirm_certificate,
    renew_certificate,
)
from services.credits.app.certificates.correct_certificate import Correction, correct_certificate
from services.credits.app.certificates.items import current_certificates
from services.credits.app.certificates.read_claim import CertificateClaim, read_claim, read_claims
from services.credits.app.certificates.register_certificate import Registration, register_certificate
from services.credits.app.certificates.return_certificate import Return, return_certificate
from services.credits.app.certificates.waiting import read_waiting
from services.credits.app.context import LedgerContext
from services.credits.domain.certificates import Certificate, State
from services.credits.domain.credentials import Credential
from services.credits.domain.names import MAX_REAL_NAME
from services.credits.domain.profile import clean_text
from services.credits.handlers.routes.fields import CLEAN_TEXT, LearnerId, PeriodSpan, Reason, ShownReason, learner_id
from services.kit.bodies import Answer, Day, Request
from services.kit.http import HttpApi
from services.kit.identity import Role

Number = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9-]{4,32}$", description="as printed on the certificate")]
Proof = Annotated[StrictStr, Field(max_length=500, json_schema_extra=CLEAN_TEXT), AfterValidator(clean_text)]


After = Annotated[
    str,
    Query(
        pattern=r"^([0-9T:.+-]{19,40}#[A-Za-z0-9-]{1,64}#[A-Z]{3})?$",
        max_length=128,
        description="the earlier page's `after`",
    ),
]
Limit = Annotated[int, Query(ge=1, le=50)]


class RegisterRequest(Request):
    """A certificate that the learner holds."""

    credential: Credential
    number: Number
    period_start: Day = Field(description="first day of the current period, Asia/Shanghai")
    valid_until: Day | None = Field(
        default=None, description="the certificate's last day of validity, as printed on it"
    )
    proof: Proof | None = Field(
        default=None,
        description="by what whoever confirms it can check it: where it is listed, or how a copy was sent",
    )


class ConfirmRequest(Request):
    """An administrator's confirmation."""

    reason: Reason
    revision: StrictInt | None = Field(
        default=None, ge=1, description="the revision that was looked at; refused if the learner has changed it since"
    )
    name: StrictStr | None = Field(
        default=None,
        max_length=MAX_REAL_NAME,
        description="the holder's name that was looked at; refused if it is another by now",
    )


class ReturnRequest(Request):
    """What keeps an administrator from confirming a certificate."""

    reason: ShownReason
    revision: StrictInt = Field(ge=1, description="the revision that was looked at; refused if another one is known")


class CorrectionRequest(Request):
    """What a confirmed certificate is to say; what is left out stays."""

    number: Number | None = None
    period_start: Day | None = Field(default=None, description="refused where hours count for the certificate")
    reason: Reason
    revision: StrictInt = Field(ge=1, description="the revision that was looked at; refused if another one is known")


class RenewalRequest(Request):
    """Days on which a certificate is valid: both are included."""

    valid_from: Day
    valid_until: Day
    reason: Reason
    revision: StrictInt | None = Field(
        default=None, ge=1, description="the revision that was looked at; refused if another one is known now"
    )


class CertificateAnswer(Answer):
    """A certificate as it stands."""

    credential: Credential
    number: str
    period_start: date
    validity: list[PeriodSpan] = Field(
        description="the days it is valid on, in the order in which they were recorded; empty: nobody has said"
    )
    state: State
    revision: int = Field(description="counts every change, from 1")
    changed_at: datetime


class OwnCertificate(CertificateAnswer):
    """A certificate as its holder sees it."""

    name: str | None = Field(description="the holder's, as confirmed with the number: documents take it")
    proof: str | None
    waits_since: datetime | None = Field(description="null: no administrator is to look at it")
    returned: str | None = Field(
        description="why an administrator could not confirm it, in their words; null: it was not returned"
    )
    picture_sent_at: datetime | None = Field(
        description="null: no picture is kept of it; one is deleted with the decision"
    )


class OwnCertificates(Answer):
    """The caller's certificates."""

    certificates: list[OwnCertificate]


class ClaimAnswer(OwnCertificate):
    """What whoever confirms a certificate looks at."""

    real_name: str | None = Field(description="what the learner says to be called now; confirming takes it")


class WaitingAnswer(ClaimAnswer):
    """A certificate that waits for an administrator."""

    learner_id: str


class WaitingCertificates(Answer):
    """A page of certificates that wait, the longest first."""

    certificates: list[WaitingAnswer]
    after: str | None = Field(description="ask for what comes after this next; null: there is no more")


class CertificatesAnswer(Answer):
    """A learner's certificates."""

    certificates: list[CertificateAnswer]


C = TypeVar("C", bound=ClaimAnswer)


def add_certificate_routes(api: HttpApi, ctx: LedgerContext) -> None:
    """The learners' routes and the administrators'."""
    _add_own_routes(api, ctx)
    _add_staff_routes(api, ctx)


def certificate_answer(certificate: Certificate) -> CertificateAnswer:
    """The answer for one certificate."""
    return CertificateAnswer.of(certificate, changed_at=certificate.at)


def _add_own_routes(api: HttpApi, ctx: LedgerContext) -> None:
    learner = api.secured(Role.LEARNER)

    @learner.route("GET /v1/credits/certificates", "list_certificates")
    def certificates() -> OwnCertificates:
        """The caller's certificates."""
        found = read_claims(ctx.store, learner_id(api))
        return OwnCertificates(certificates=[own_certificate(claim) for claim in found])

    @learner.route("POST /v1/credits/certificates", "register_certificate", status_code=201)
    def register(request: RegisterRequest) -> OwnCertificate:
        """Register a certificate, or correct one not yet confirmed; safe to repeat."""
        days = (request.period_start, request.valid_until)
        wanted = Registration(request.credential, request.number, *days, request.proof)
        certificate = register_certificate(ctx, api.call(), wanted)
        return own_certificate(read_claim(ctx.store, certificate.learner_id, certificate.credential))


def _add_staff_routes(api: HttpApi, ctx: LedgerContext) -> None:
    administrator = api.secured(Role.ADMINISTRATOR)

    @api.secured(Role.ADMINISTRATOR, Role.AUDITOR).route(
        "GET /v1/credits/learners/<learner_id>/certificates", "list_learner_certificates"
    )
    def certificates_of(learner_id: LearnerId) -> CertificatesAnswer:
        """A learner's certificates."""
        return _certificates(ctx, learner_id)

    @administrator.route(
        "POST /v1/credits/learners/<learner_id>/certificates/<credential>/confirmation", "confirm_certificate"
    )
    def confirm(learner_id: LearnerId, credential: Credential, request: ConfirmRequest) -> CertificateAnswer:
        """Confirm a certificate with its holder's name, and release the hours held for it; safe to repeat."""
        wanted = Confirmation(learner_id, credential, request.reason, request.revision, request.name)
        return certificate_answer(confirm_certificate(ctx, api.call(), wanted))

    @administrator.route("GET /v1/credits/certificate-queue", "list_waiting_certificates")
    def waiting(after: After = "", limit: Limit = 20) -> WaitingCertificates:
        """Everybody's certificates that wait to be confirmed, from who has waited longest."""
        page = read_waiting(ctx.store, after or None, limit)
        found = [_claim(WaitingAnswer, one.claim, learner_id=one.learner_id) for one in page.items]
        return WaitingCertificates(certificates=found, after=page.after)

    @administrator.route(
        "POST /v1/credits/learners/<learner_id>/certificates/<credential>/return", "return_certificate"
    )
    def give_back(learner_id: LearnerId, credential: Credential, request: ReturnRequest) -> CertificateAnswer:
        """Return a certificate that cannot be confirmed as it is; the learner reads why. Safe to repeat."""
        wanted = Return(learner_id, credential, request.reason, request.revision)
        return certificate_answer(return_certificate(ctx, api.call(), wanted))

    @administrator.route("GET /v1/credits/learners/<learner_id>/certificates/<credential>/claim", "read_claim")
    def claim(learner_id: LearnerId, credential: Credential) -> ClaimAnswer:
        """What to look at before confirming: name, number, and what was sent as proof."""
        return _claim(ClaimAnswer, read_claim(ctx.store, learner_id, credential))

    @administrator.route(
        "POST /v1/credits/learners/<learner_id>/certificates/<credential>/correction", "correct_certificate"
    )
    def correct(learner_id: LearnerId, credential: Credential, request: CorrectionRequest) -> CertificateAnswer:
        """Correct a confirmed certificate's number or first day; safe to repeat."""
        said = (request.number, request.period_start)
        wanted = Correction(learner_id, credential, request.reason, request.revision, *said)
        return certificate_answer(correct_certificate(ctx, api.call(), wanted))

    @administrator.route(
        "POST /v1/credits/learners/<learner_id>/certificates/<credential>/renewals", "renew_certificate"
    )
    def renew(learner_id: LearnerId, credential: Credential, request: RenewalRequest) -> CertificateAnswer:
        """Add days of validity to a confirmed certificate and release the hours that waited; safe to repeat."""
        days = (request.valid_from, request.valid_until)
        wanted = Renewal(learner_id, credential, *days, request.reason, request.revision)
        return certificate_answer(renew_certificate(ctx, api.call(), wanted))


def own_certificate(claim: CertificateClaim) -> OwnCertificate:
    return OwnCertificate.of(claim.certificate, claim.holder, changed_at=claim.certificate.at)


def _claim(kind: type[C], claim: CertificateClaim, **more: object) -> C:
    return kind.of(claim, claim.certificate, claim.holder, changed_at=claim.certificate.at, **more)


def _certificates(ctx: LedgerContext, learner_id: LearnerId) -> CertificatesAnswer:
    found = current_certificates(ctx.store, learner_id)
    return CertificatesAnswer(certificates=[certificate_answer(certificate) for certificate in found.values()])
