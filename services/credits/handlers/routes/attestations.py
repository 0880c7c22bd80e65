"""Certificates of completion: ctx, listing, drawing."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, Field

from services.credits.app.attestations.attestation_document import verification_url
from services.credits.app.attestations.issue_attestation import draw_attestation, issue_attestation
from services.credits.app.attestations.read_attestations import AttestationView, list_attestations
from services.credits.app.context import DocumentsContext
from services.credits.app.texts.wording import hours_text
from services.credits.domain.attestations import written
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.review import Standing
from services.credits.handlers.routes.fields import EntryIdField, EntryIdPath, Hours
from services.credits.handlers.routes.files import PDF, file_answer, pdf_response
from services.kit.bodies import Request
from services.kit.http import call_of, caller, secured
from services.kit.identity import Role

PDF_ANSWER = file_answer(PDF, "The document")


class IssueRequest(Request):
    """Which award to certify."""

    entry_id: EntryIdField


class AttestationAnswer(BaseModel):
    """A certificate of completion, for its holder."""

    entry_id: str
    code: str = Field(description="as printed, in groups")
    verification_url: str
    issued_at: datetime
    standing: Standing
    title: str
    title_en: str | None
    hours: Hours
    credential: Credential


class AttestationsAnswer(BaseModel):
    """The caller's certificates of completion, newest first."""

    attestations: list[AttestationAnswer]


def add_attestation_routes(app: APIGatewayHttpResolver, ctx: DocumentsContext) -> None:
    """The learners' routes."""
    learner = secured(Role.LEARNER, function="documents")
    path = "/v1/credits/attestations"

    @app.get(path, summary="The caller's certificates of completion", operation_id="list_attestations", **learner)
    def attestations() -> AttestationsAnswer:
        url = ctx.public_url()
        found = list_attestations(ctx.store, LearnerId(caller(app).id))
        return AttestationsAnswer(attestations=[_attestation(issued, url) for issued in found])

    @app.post(
        path,
        status_code=201,
        summary="Issue the certificate of completion of an award; safe to repeat",
        operation_id="issue_attestation",
        **learner,
    )
    def issue(request: Annotated[IssueRequest, Body()]) -> AttestationAnswer:
        issued = issue_attestation(ctx, call_of(app), request.entry_id)
        return _attestation(issued, ctx.public_url())

    @app.get(
        f"{path}/<entry_id>/pdf",
        summary="The certificate of completion as PDF",
        operation_id="draw_attestation",
        responses=PDF_ANSWER,
        **learner,
    )
    def draw(entry_id: EntryIdPath) -> Response[str]:
        document = draw_attestation(ctx, LearnerId(caller(app).id), entry_id)
        return pdf_response(document, f"xueshi-{entry_id[:8]}.pdf")


def _attestation(issued: AttestationView, public_url: str) -> AttestationAnswer:
    award = issued.award
    assert award.credential is not None  # noqa: S101 (for the type checker: an award names its credential)
    return AttestationAnswer(
        entry_id=award.entry_id,
        code=written(issued.attestation.code),
        verification_url=verification_url(public_url, issued.attestation.code),
        issued_at=issued.attestation.issued_at,
        standing=issued.standing,
        title=award.completion.title,
        title_en=award.completion.title_en,
        hours=hours_text(award.hours),
        credential=award.credential,
    )
