"""Deadlines to take along."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from services.credits.app.context import Context
from services.credits.app.notices.calendar_file import calendar_file
from services.kit.http import caller, secured
from services.kit.identity import Role

CALENDAR = "text/calendar"
BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE: dict[int, Any] = {200: {"description": "iCalendar in UTF-8", "content": {CALENDAR: BINARY}}}


def add_calendar_routes(app: APIGatewayHttpResolver, ledger: Context) -> None:
    """The calendar's route."""

    @app.get(
        "/v1/credits/calendar.ics",
        summary="The caller's deadlines as a calendar file",
        operation_id="read_calendar",
        responses=FILE,
        **secured(Role.LEARNER),
    )
    def calendar() -> Response[str]:
        content = calendar_file(ledger, caller(app).id)
        headers: dict[str, str | list[str]] = {"Content-Disposition": 'attachment; filename="xueshi-deadlines.ics"'}
        return Response(200, f"{CALENDAR}; charset=utf-8", content.decode(), headers=headers)
