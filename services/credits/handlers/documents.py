"""Certificates of completion: issuing, listing, drawing. A function of its own, as only it carries fonts and Typst."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.documents.attestations import Issuing, draw_attestation, issue_attestation, list_attestations
from services.credits.app.documents.problems import DOCUMENT_PROBLEMS
from services.credits.app.documents.transcript_pdf import Transcripts, hand_out_transcript_pdf, transcript_pdf
from services.credits.handlers.routes.document_views import (
    AttestationAnswer,
    AttestationsAnswer,
    EntryIdPath,
    IssueRequest,
    attestation_answer,
)
from services.credits.handlers.routes.transcript import TranscriptRequest
from services.credits.handlers.routes.views import LearnerId
from services.kit.http import HttpApi, caller, secured
from services.kit.identity import Role

PDF = "application/pdf"
TRANSCRIPT = "transcript.pdf"
PDF_ANSWER: dict[int, Any] = {
    200: {"description": "The document", "content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}
}


def build_api(
    issuing: Issuing, transcripts: Transcripts, origin_secret: Callable[[bool], Mapping[str, str]]
) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", DOCUMENT_PROBLEMS, origin_secret)
    _add_attestation_routes(api.app, issuing)
    _add_transcript_routes(api.app, transcripts)
    return api


def _add_attestation_routes(app: APIGatewayHttpResolver, issuing: Issuing) -> None:
    learner = secured(Role.LEARNER, function="documents")
    path = "/v1/credits/attestations"

    @app.get(path, summary="The caller's certificates of completion", operation_id="list_attestations", **learner)
    def attestations() -> AttestationsAnswer:
        url = issuing.public_url()
        found = list_attestations(issuing.store, caller(app).id)
        return AttestationsAnswer(attestations=[attestation_answer(issued, url) for issued in found])

    @app.post(
        path,
        status_code=201,
        summary="Issue the certificate of completion of an award; safe to repeat",
        operation_id="issue_attestation",
        **learner,
    )
    def issue(request: Annotated[IssueRequest, Body()]) -> AttestationAnswer:
        issued = issue_attestation(issuing, caller(app).id, request.entry_id)
        return attestation_answer(issued, issuing.public_url())

    @app.get(
        f"{path}/<entry_id>/pdf",
        summary="The certificate of completion as PDF",
        operation_id="draw_attestation",
        responses=PDF_ANSWER,
        **learner,
    )
    def draw(entry_id: EntryIdPath) -> Response[str]:
        document = draw_attestation(issuing, caller(app).id, entry_id)
        return pdf_response(document, f"xueshi-{entry_id[:8]}.pdf")


def _add_transcript_routes(app: APIGatewayHttpResolver, transcripts: Transcripts) -> None:
    @app.get(
        "/v1/credits/transcript.pdf",
        summary="The caller's whole ledger as PDF",
        operation_id="read_transcript_pdf",
        responses=PDF_ANSWER,
        **secured(Role.LEARNER, function="documents"),
    )
    def transcript() -> Response[str]:
        return pdf_response(transcript_pdf(transcripts, caller(app).id), TRANSCRIPT)

    @app.post(
        "/v1/credits/learners/<learner_id>/transcript.pdf",
        summary="A learner's whole ledger as PDF, without the name; the reason is kept in the audit log",
        operation_id="hand_out_transcript_pdf",
        responses=PDF_ANSWER,
        **secured(Role.AUDITOR, Role.RECORDS, Role.ADMINISTRATOR, function="documents"),
    )
    def transcript_of(
        learner_id: Annotated[LearnerId, Path()], request: Annotated[TranscriptRequest, Body()]
    ) -> Response[str]:
        drawn = hand_out_transcript_pdf(transcripts, caller(app), learner_id, request.reason)
        return pdf_response(drawn, TRANSCRIPT)


def pdf_response(document: bytes, name: str) -> Response[str]:
    """A document to save under a name. The gateway makes it bytes again: the framework would take bytes for UTF-8."""
    headers: dict[str, str | list[str]] = {"Content-Disposition": f'attachment; filename="{name}"'}
    response = Response(200, PDF, b64encode(document).decode(), headers=headers)
    response.base64_encoded = True
    return response


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.issuing(), bootstrap.transcripts(), bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
