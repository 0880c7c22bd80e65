"""Deadlines to take along."""

from aws_lambda_powertools.event_handler import Response

from services.credits.app.context import RulesContext
from services.credits.app.deadlines.calendar_file import calendar_file
from services.credits.handlers.routes.fields import learner_id
from services.credits.handlers.routes.files import file_answer, text_response
from services.kit.http import HttpApi
from services.kit.identity import Role

CALENDAR = "text/calendar"


def add_calendar_routes(api: HttpApi, ctx: RulesContext) -> None:
    """The learner's route."""

    @api.secured(Role.LEARNER).route(
        "GET /v1/credits/calendar.ics", "read_calendar", responses=file_answer(CALENDAR, "iCalendar in UTF-8")
    )
    def calendar() -> Response[str]:
        """The caller's deadlines as a calendar file."""
        return text_response(calendar_file(ctx, learner_id(api)), CALENDAR, "xueshi-deadlines.ics")
