"""The transcript, as a table and as a document: the learner's own, and for staff with a reason."""

from aws_lambda_powertools.event_handler import Response

from services.credits.app.context import DocumentsContext, RulesContext
from services.credits.app.transcripts.transcript_csv import hand_out_transcript_csv, transcript_csv
from services.credits.app.transcripts.transcript_pdf import hand_out_transcript_pdf, transcript_pdf
from services.credits.handlers.routes.fields import LearnerId, Reason, learner_id
from services.credits.handlers.routes.files import PDF, file_answer, pdf_response, text_response
from services.kit.bodies import Request
from services.kit.http import HttpApi
from services.kit.identity import Role

CSV = "text/csv"
CSV_ANSWER = file_answer(CSV, "CSV in UTF-8")
PDF_ANSWER = file_answer(PDF, "The document")
NAME = "transcript.pdf"


class TranscriptRequest(Request):
    """Why a member of staff reads somebody's transcript."""

    reason: Reason


def add_csv_routes(api: HttpApi, ctx: RulesContext) -> None:
    """As a table: the learner's own, and for staff with a reason."""

    @api.secured(Role.LEARNER).route("GET /v1/credits/transcript.csv", "read_transcript_csv", responses=CSV_ANSWER)
    def transcript() -> Response[str]:
        """The caller's whole ledger as a table, with what each period asks for below it."""
        return _csv(transcript_csv(ctx, learner_id(api)))

    @api.secured(Role.AUDITOR, Role.RECORDS, Role.ADMINISTRATOR).route(
        "POST /v1/credits/learners/<learner_id>/transcript.csv", "hand_out_transcript_csv", responses=CSV_ANSWER
    )
    def transcript_of(learner_id: LearnerId, request: TranscriptRequest) -> Response[str]:
        """A learner's whole ledger as a table; the reason is kept in the audit log."""
        return _csv(hand_out_transcript_csv(ctx, api.call(), learner_id, request.reason))


def add_pdf_routes(api: HttpApi, ctx: DocumentsContext) -> None:
    """As a document: the learner's own, and for staff with a reason."""

    @api.secured(Role.LEARNER).route("GET /v1/credits/transcript.pdf", "read_transcript_pdf", responses=PDF_ANSWER)
    def transcript() -> Response[str]:
        """The caller's whole ledger as PDF."""
        return pdf_response(transcript_pdf(ctx, learner_id(api)), NAME)

    @api.secured(Role.AUDITOR, Role.RECORDS, Role.ADMINISTRATOR).route(
        "POST /v1/credits/learners/<learner_id>/transcript.pdf", "hand_out_transcript_pdf", responses=PDF_ANSWER
    )
    def transcript_of(learner_id: LearnerId, request: TranscriptRequest) -> Response[str]:
        """A learner's whole ledger as PDF, without the name; the reason is kept in the audit log."""
        drawn = hand_out_transcript_pdf(ctx, api.call(), learner_id, request.reason)
        return pdf_response(drawn, NAME)


def _csv(content: bytes) -> Response[str]:
    return text_response(content, CSV, "transcript.csv")
