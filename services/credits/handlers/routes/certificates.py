"""Certificates: registered by learners, confirmed and renewed by administrators."""

from datetime import date, datetime

from pydantic import Field, StrictInt, StrictStr

from services.credits.app.certificates.confirm_certificate import (
    Confirmation,
    Renewal,
    confirm_certificate,
    renew_certificate,
)
from services.credits.app.certificates.items import current_certificates
from services.credits.app.certificates.register_certificate import Registration, register_certificate
from services.credits.app.context import LedgerContext
from services.credits.domain.certificates import Certificate, State
from services.credits.domain.credentials import Credential
from services.credits.handlers.routes.fields import LearnerId, PeriodSpan, Reason, learner_id
from services.kit.bodies import Answer, Day, Request
from services.kit.http import HttpApi
from services.kit.identity import Role


class RegisterRequest(Request):
    """A certificate that the learner holds."""

    credential: Credential
    number: StrictStr = Field(pattern=r"^[A-Za-z0-9-]{4,32}$", description="as printed on the certificate")
    period_start: Day = Field(description="first day of the current period, Asia/Shanghai")
    valid_until: Day | None = Field(
        default=None, description="the certificate's last day of validity, as printed on it"
    )


class ConfirmRequest(Request):
    """An administrator's confirmation."""

    reason: Reason
    revision: StrictInt | None = Field(
        default=None, ge=1, description="the revision that was looked at; refused if the learner has changed it since"
    )


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


class CertificatesAnswer(Answer):
    """A learner's certificates."""

    certificates: list[CertificateAnswer]


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
    def certificates() -> CertificatesAnswer:
        """The caller's certificates."""
        return _certificates(ctx, learner_id(api))

    @learner.route("POST /v1/credits/certificates", "register_certificate", status_code=201)
    def register(request: RegisterRequest) -> CertificateAnswer:
        """Register a certificate, or correct one not yet confirmed; safe to repeat."""
        wanted = Registration(request.credential, request.number, request.period_start, request.valid_until)
        return certificate_answer(register_certificate(ctx, api.call(), wanted))


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
        """Confirm a certificate and release the hours held for it; safe to repeat."""
        wanted = Confirmation(learner_id, credential, request.reason, request.revision)
        return certificate_answer(confirm_certificate(ctx, api.call(), wanted))

    @administrator.route(
        "POST /v1/credits/learners/<learner_id>/certificates/<credential>/renewals", "renew_certificate"
    )
    def renew(learner_id: LearnerId, credential: Credential, request: RenewalRequest) -> CertificateAnswer:
        """Add days of validity to a confirmed certificate and release the hours that waited; safe to repeat."""
        days = (request.valid_from, request.valid_until)
        wanted = Renewal(learner_id, credential, *days, request.reason, request.revision)
        return certificate_answer(renew_certificate(ctx, api.call(), wanted))


def _certificates(ctx: LedgerContext, learner_id: LearnerId) -> CertificatesAnswer:
    found = current_certificates(ctx.store, learner_id)
    return CertificatesAnswer(certificates=[certificate_answer(certificate) for certificate in found.values()])
