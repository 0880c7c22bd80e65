"""The transcript, as a table and as a document: the learner's own, and for staff with a reason."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from services.credits.app.context import Context, DocumentsContext
from services.credits.app.transcripts.transcript_csv import hand_out_transcript_csv, transcript_csv
from services.credits.app.transcripts.transcript_pdf import hand_out_transcript_pdf, transcript_pdf
from services.credits.domain.ids import LearnerId
from services.credits.handlers.routes.fields import LearnerIdPath, Reason500
from services.credits.handlers.routes.files import PDF, file_answer, pdf_response, text_response
from services.kit.bodies import Request
from services.kit.http import call_of, caller, secured
from services.kit.identity import Role

CSV = "text/csv"
CSV_ANSWER = file_answer(CSV, "CSV in UTF-8")
PDF_ANSWER = file_answer(PDF, "The document")
NAME = "transcript.pdf"


class TranscriptRequest(Request):
    """Why a member of staff reads somebody's transcript."""

    reason: Reason500


def add_csv_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """As a table: the learner's own, and for staff with a reason."""

    @app.get(
        "/v1/credits/transcript.csv",
        summary="The caller's whole ledger as a table",
        operation_id="read_transcript_csv",
        responses=CSV_ANSWER,
        **secured(Role.LEARNER, function="records"),
    )
    def transcript() -> Response[str]:
        return _csv(transcript_csv(ctx.store, LearnerId(caller(app).id)))

    @app.post(
        "/v1/credits/learners/<learner_id>/transcript.csv",
        summary="A learner's whole ledger as a table; the reason is kept in the audit log",
        operation_id="hand_out_transcript_csv",
        responses=CSV_ANSWER,
        **secured(Role.AUDITOR, Role.RECORDS, Role.ADMINISTRATOR, function="records"),
    )
    def transcript_of(learner_id: LearnerIdPath, request: Annotated[TranscriptRequest, Body()]) -> Response[str]:
        return _csv(hand_out_transcript_csv(ctx, call_of(app), learner_id, request.reason))


def add_pdf_routes(app: APIGatewayHttpResolver, ctx: DocumentsContext) -> None:
    """As a document: the learner's own, and for staff with a reason."""

    @app.get(
        "/v1/credits/transcript.pdf",
        summary="The caller's whole ledger as PDF",
        operation_id="read_transcript_pdf",
        responses=PDF_ANSWER,
        **secured(Role.LEARNER, function="documents"),
    )
    def transcript() -> Response[str]:
        return pdf_response(transcript_pdf(ctx, LearnerId(caller(app).id)), NAME)

    @app.post(
        "/v1/credits/learners/<learner_id>/transcript.pdf",
        summary="A learner's whole ledger as PDF, without the name; the reason is kept in the audit log",
        operation_id="hand_out_transcript_pdf",
        responses=PDF_ANSWER,
        **secured(Role.AUDITOR, Role.RECORDS, Role.ADMINISTRATOR, function="documents"),
    )
    def transcript_of(learner_id: LearnerIdPath, request: Annotated[TranscriptRequest, Body()]) -> Response[str]:
        drawn = hand_out_transcript_pdf(ctx, call_of(app), learner_id, request.reason)
        return pdf_response(drawn, NAME)


def _csv(content: bytes) -> Response[str]:
    return text_response(content, CSV, "transcript.csv")
