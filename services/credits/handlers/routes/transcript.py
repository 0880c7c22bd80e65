"""The transcript as CSV: the learner's own, and for staff with a reason."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path

from services.credits.app.declarations.batch_file import CSV
from services.credits.app.documents.records import Records
from services.credits.app.documents.transcript_csv import hand_out_transcript, transcript_csv
from services.credits.handlers.routes.views import LearnerId, Reason500
from services.kit.bodies import Request
from services.kit.http import caller, secured
from services.kit.identity import Role

FILE: dict[int, Any] = {
    200: {"description": "CSV in UTF-8", "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}
}


class TranscriptRequest(Request):
    """Why a member of staff reads somebody's transcript."""

    reason: Reason500


def add_transcript_routes(app: APIGatewayHttpResolver, records: Records) -> None:
    """The learner's route and the staff's."""

    @app.get(
        "/v1/credits/transcript.csv",
        summary="The caller's whole ledger as a table",
        operation_id="read_transcript_csv",
        responses=FILE,
        **secured(Role.LEARNER, function="records"),
    )
    def transcript() -> Response[str]:
        return _file(transcript_csv(records.store, caller(app).id))

    @app.post(
        "/v1/credits/learners/<learner_id>/transcript.csv",
        summary="A learner's whole ledger as a table; the reason is kept in the audit log",
        operation_id="hand_out_transcript_csv",
        responses=FILE,
        **secured(Role.AUDITOR, Role.RECORDS, Role.ADMINISTRATOR, function="records"),
    )
    def transcript_of(
        learner_id: Annotated[LearnerId, Path()], request: Annotated[TranscriptRequest, Body()]
    ) -> Response[str]:
        return _file(hand_out_transcript(records, caller(app), learner_id, request.reason))


def _file(content: bytes) -> Response[str]:
    headers: dict[str, str | list[str]] = {"Content-Disposition": 'attachment; filename="transcript.csv"'}
    return Response(200, CSV, content.decode(), headers=headers)
