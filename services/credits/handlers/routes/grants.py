"""An administrator's grant of hours. Taking it back is a review of it, like an award's."""

from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import AfterValidator, Field, StrictStr

from services.credits.app.awarding.grant_hours import Grant, grant_hours
from services.credits.app.context import Context
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.profile import clean_text
from services.credits.handlers.routes.views import EntryAnswer, LearnerId, entry_answer
from services.kit.bodies import Day, Request
from services.kit.http import caller, correlation_id, idempotency_key, secured
from services.kit.identity import Role


def _some(text: str) -> str:
    if not Decimal(text):
        raise ValueError("no hours at all")
    return text


GrantedHours = Annotated[
    StrictStr,
    Field(pattern=r"^[0-9]{1,2}(\.[0-9]{1,2})?$", description="exact decimal, more than 0", examples=["1.5"]),
    AfterValidator(_some),
]


class GrantRequest(Request):
    """Hours that were earned elsewhere."""

    credential: Credential
    hours: GrantedHours
    category: Category
    title: Annotated[StrictStr, Field(max_length=200), AfterValidator(clean_text)] = Field(
        description="what they were earned with, for the learner and the certifying body"
    )
    earned_on: Day = Field(description="Asia/Shanghai; decides the period")
    reason: StrictStr = Field(pattern=r"\S", max_length=500, description="why; the learner reads it")


def add_grant_routes(app: APIGatewayHttpResolver, ledger: Context) -> None:
    """The administrators' route."""

    @app.post(
        "/v1/credits/learners/<learner_id>/grants",
        status_code=201,
        summary="Enter hours that a learner earned elsewhere; they count at once",
        operation_id="grant_hours",
        **secured(Role.ADMINISTRATOR, idempotent=True),
    )
    def grant(learner_id: Annotated[LearnerId, Path()], request: Annotated[GrantRequest, Body()]) -> EntryAnswer:
        wanted = Grant(
            learner_id,
            request.credential,
            Decimal(request.hours),
            request.category,
            request.title,
            request.earned_on,
            request.reason,
        )
        entry = grant_hours(ledger, caller(app), wanted, idempotency_key(app), correlation_id(app))
        return entry_answer(entry)
