"""Certificates of completion: issuing, listing, drawing."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from services.credits.app.attestations.attestation_document import verification_url
from services.credits.app.attestations.issue_attestation import draw_attestation, issue_attestation
from services.credits.app.attestations.read_attestations import AttestationView, page_attestations
from services.credits.app.context import DocumentsContext
from services.credits.domain.attestations import written
from services.credits.domain.credentials import Credential
from services.credits.domain.review import Standing
from services.credits.handlers.routes.fields import EntryId, Hours, learner_id
from services.credits.handlers.routes.files import PDF, file_answer, pdf_response
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role

MAX_ATTESTATIONS = 100
PDF_ANSWER = file_answer(PDF, "The document")


class IssueRequest(Request):
    """Which award to certify."""

    entry_id: EntryId


class AttestationAnswer(Answer):
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


class AttestationsAnswer(Answer):
    """A page of the caller's certificates of completion, newest first."""

    attestations: list[AttestationAnswer]
    after: str | None = Field(description="ask for what comes after this award next; null: there is no more")


def add_attestation_routes(api: HttpApi, ctx: DocumentsContext) -> None:
    """The learners' routes."""
    learner = api.secured(Role.LEARNER)

    @learner.route("GET /v1/credits/attestations", "list_attestations")
    def attestations(
        after: Annotated[EntryId | None, Query(description="the earlier page's `after`")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_ATTESTATIONS)] = MAX_ATTESTATIONS,
    ) -> AttestationsAnswer:
        """The caller's certificates of completion, a page at a time."""
        url = ctx.public_url()
        page = page_attestations(ctx.store, learner_id(api), after, limit)
        return AttestationsAnswer.of(page, attestations=[_attestation(issued, url) for issued in page.items])

    @learner.route("POST /v1/credits/attestations", "issue_attestation", status_code=201)
    def issue(request: IssueRequest) -> AttestationAnswer:
        """Issue the certificate of completion of an award; safe to repeat."""
        issued = issue_attestation(ctx, api.call(), request.entry_id)
        return _attestation(issued, ctx.public_url())

    @learner.route("GET /v1/credits/attestations/<entry_id>/pdf", "draw_attestation", responses=PDF_ANSWER)
    def draw(entry_id: EntryId) -> Response[str]:
        """The certificate of completion as PDF."""
        document = draw_attestation(ctx, learner_id(api), entry_id)
        return pdf_response(document, f"xueshi-{entry_id[:8]}.pdf")


def _attestation(issued: AttestationView, public_url: str) -> AttestationAnswer:
    code = issued.attestation.code
    return AttestationAnswer.of(
        issued,
        issued.attestation,
        issued.award,
        issued.award.completion,
        hours=issued.award.hours,
        code=written(code),
        verification_url=verification_url(public_url, code),
    )
