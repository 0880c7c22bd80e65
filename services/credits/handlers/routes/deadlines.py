"""Deadlines to take along."""

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from services.credits.app.context import RulesContext
from services.credits.app.deadlines.calendar_file import calendar_file
from services.credits.domain.ids import LearnerId
from services.credits.handlers.routes.files import file_answer, text_response
from services.kit.http import caller, secured
from services.kit.identity import Role

CALENDAR = "text/calendar"


def add_calendar_routes(app: APIGatewayHttpResolver, ctx: RulesContext) -> None:
    """The learner's route."""

    @app.get(
        "/v1/credits/calendar.ics",
        summary="The caller's deadlines as a calendar file",
        operation_id="read_calendar",
        responses=file_answer(CALENDAR, "iCalendar in UTF-8"),
        **secured(Role.LEARNER),
    )
    def calendar() -> Response[str]:
        return text_response(calendar_file(ctx, LearnerId(caller(app).id)), CALENDAR, "xueshi-deadlines.ics")
