"""Certificates: registered by learners, confirmed and renewed by administrators."""

from datetime import date, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import BaseModel, Field, StrictInt, StrictStr

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
from services.credits.domain.ids import LearnerId
from services.credits.handlers.routes.fields import LearnerIdPath, PeriodSpan, Reason500, span
from services.kit.bodies import Day, Request
from services.kit.http import call_of, caller, secured
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

    reason: Reason500
    revision: StrictInt | None = Field(
        default=None, ge=1, description="the revision that was looked at; refused if the learner has changed it since"
    )


class RenewalRequest(Request):
    """Days on which a certificate is valid: both are included."""

    valid_from: Day
    valid_until: Day
    reason: Reason500
    revision: StrictInt | None = Field(
        default=None, ge=1, description="the revision that was looked at; refused if another one is known now"
    )


class CertificateAnswer(BaseModel):
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


class CertificatesAnswer(BaseModel):
    """A learner's certificates."""

    certificates: list[CertificateAnswer]


def add_certificate_routes(app: APIGatewayHttpResolver, ctx: LedgerContext) -> None:
    """The learners' routes and the administrators'."""
    _add_own_routes(app, ctx)
    _add_staff_routes(app, ctx)


def certificate_answer(certificate: Certificate) -> CertificateAnswer:
    """The answer for one certificate."""
    return CertificateAnswer(
        credential=certificate.credential,
        number=certificate.number,
        period_start=certificate.period_start,
        validity=[span(period) for period in certificate.validity],
        state=certificate.state,
        revision=certificate.revision,
        changed_at=certificate.at,
    )


def _add_own_routes(app: APIGatewayHttpResolver, ctx: LedgerContext) -> None:
    learner = secured(Role.LEARNER)
    path = "/v1/credits/certificates"

    @app.get(path, summary="The caller's certificates", operation_id="list_certificates", **learner)
    def certificates() -> CertificatesAnswer:
        return _certificates(ctx, LearnerId(caller(app).id))

    @app.post(
        path,
        status_code=201,
        summary="Register a certificate, or correct one not yet confirmed; safe to repeat",
        operation_id="register_certificate",
        **learner,
    )
    def register(request: Annotated[RegisterRequest, Body()]) -> CertificateAnswer:
        wanted = Registration(request.credential, request.number, request.period_start, request.valid_until)
        return certificate_answer(register_certificate(ctx, call_of(app), wanted))


def _add_staff_routes(app: APIGatewayHttpResolver, ctx: LedgerContext) -> None:
    path = "/v1/credits/learners/<learner_id>/certificates"

    @app.get(
        path,
        summary="A learner's certificates",
        operation_id="list_learner_certificates",
        **secured(Role.ADMINISTRATOR, Role.AUDITOR),
    )
    def certificates_of(learner_id: LearnerIdPath) -> CertificatesAnswer:
        return _certificates(ctx, learner_id)

    @app.post(
        f"{path}/<credential>/confirmation",
        summary="Confirm a certificate and release the hours held for it; safe to repeat",
        operation_id="confirm_certificate",
        **secured(Role.ADMINISTRATOR),
    )
    def confirm(
        learner_id: LearnerIdPath,
        credential: Annotated[Credential, Path()],
        request: Annotated[ConfirmRequest, Body()],
    ) -> CertificateAnswer:
        wanted = Confirmation(learner_id, credential, request.reason, request.revision)
        return certificate_answer(confirm_certificate(ctx, call_of(app), wanted))

    @app.post(
        f"{path}/<credential>/renewals",
        summary="Add days of validity to a confirmed certificate and release the hours that waited; safe to repeat",
        operation_id="renew_certificate",
        **secured(Role.ADMINISTRATOR),
    )
    def renew(
        learner_id: LearnerIdPath,
        credential: Annotated[Credential, Path()],
        request: Annotated[RenewalRequest, Body()],
    ) -> CertificateAnswer:
        days = (request.valid_from, request.valid_until)
        wanted = Renewal(learner_id, credential, *days, request.reason, request.revision)
        return certificate_answer(renew_certificate(ctx, call_of(app), wanted))


def _certificates(ctx: LedgerContext, learner_id: LearnerId) -> CertificatesAnswer:
    found = current_certificates(ctx.store, learner_id)
    return CertificatesAnswer(certificates=[certificate_answer(certificate) for certificate in found.values()])
