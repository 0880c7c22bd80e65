"""Certificates of completion: issuing, listing, drawing. A function of its own, as only it carries fonts and Typst."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.attestations import Issuing, draw_attestation, issue_attestation, list_attestations
from services.credits.app.document_problems import DOCUMENT_PROBLEMS
from services.credits.handlers.document_views import (
    AttestationAnswer,
    AttestationsAnswer,
    EntryIdPath,
    IssueRequest,
    attestation_answer,
)
from services.kit.http import HttpApi, caller, secured
from services.kit.identity import Role

PDF = "application/pdf"
PDF_ANSWER: dict[int, Any] = {
    200: {"description": "The document", "content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}
}


def build_api(issuing: Issuing, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", DOCUMENT_PROBLEMS, origin_secret)
    _add_attestation_routes(api.app, issuing)
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


def pdf_response(document: bytes, name: str) -> Response[str]:
    """A document to save under a name. The gateway makes it bytes again: the framework would take bytes for UTF-8."""
    headers: dict[str, str | list[str]] = {"Content-Disposition": f'attachment; filename="{name}"'}
    response = Response(200, PDF, b64encode(document).decode(), headers=headers)
    response.base64_encoded = True
    return response


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return bootstrap.documents_api().handle(event, context)
