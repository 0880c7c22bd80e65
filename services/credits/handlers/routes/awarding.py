"""Staff's decisions on hours: reviews of awards, and grants. Taking a grant back is a review of it, like an award's."""

from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import AfterValidator, BaseModel, Field, StrictStr

from services.credits.app.awarding.grant_hours import Grant, grant_hours
from services.credits.app.awarding.review_award import AwardReview, review_award
from services.credits.app.context import LedgerContext
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.profile import clean_text
from services.credits.domain.review import Standing
from services.credits.handlers.routes.fields import CLEAN_TEXT, LearnerIdPath, ShownReason
from services.credits.handlers.routes.ledger import EntryAnswer, entry_answer
from services.kit.bodies import Day, Request
from services.kit.http import call_of, secured
from services.kit.identity import Role

GrantedHours = Annotated[
    StrictStr,
    Field(
        pattern=r"^((0?[1-9]|[1-9][0-9])(\.[0-9]{1,2})?|0?0\.(0[1-9]|[1-9][0-9]?))$",
        description="exact decimal, more than 0",
        examples=["1.5"],
    ),
]


class GrantRequest(Request):
    """Hours that were earned elsewhere."""

    credential: Credential
    hours: GrantedHours
    category: Category
    title: Annotated[StrictStr, Field(max_length=200, json_schema_extra=CLEAN_TEXT), AfterValidator(clean_text)] = (
        Field(description="what they were earned with, for the learner and the certifying body")
    )
    earned_on: Day = Field(description="Asia/Shanghai; decides the period")
    reason: ShownReason


class ReviewRequest(Request):
    """What a reviewer decides."""

    standing: Standing = Field(description="what the award is to be: under_review, stands (again), or void for good")
    reason: ShownReason


class ReviewAnswer(BaseModel):
    """An award, and what it is worth now."""

    award: EntryAnswer
    standing: Standing


def add_grant_routes(app: APIGatewayHttpResolver, ctx: LedgerContext) -> None:
    """The administrators' route."""

    @app.post(
        "/v1/credits/learners/<learner_id>/grants",
        status_code=201,
        summary="Enter hours that a learner earned elsewhere; they count at once",
        operation_id="grant_hours",
        **secured(Role.ADMINISTRATOR, idempotent=True),
    )
    def grant(learner_id: LearnerIdPath, request: Annotated[GrantRequest, Body()]) -> EntryAnswer:
        wanted = Grant(
            learner_id,
            request.credential,
            Decimal(request.hours),
            request.category,
            request.title,
            request.earned_on,
            request.reason,
        )
        return entry_answer(grant_hours(ctx, call_of(app), wanted))


def add_review_routes(app: APIGatewayHttpResolver, ctx: LedgerContext) -> None:
    """The reviewers' route."""

    @app.post(
        "/v1/credits/learners/<learner_id>/awards/<number>/review",
        summary="Hold an award, let it stand again, or take it back; safe to repeat",
        operation_id="review_award",
        **secured(Role.REVIEWER, Role.ADMINISTRATOR),
    )
    def review(
        learner_id: LearnerIdPath,
        number: Annotated[int, Path(ge=1, le=9_999_999_999)],
        request: Annotated[ReviewRequest, Body()],
    ) -> ReviewAnswer:
        wanted = AwardReview(learner_id, number, request.standing, request.reason)
        award, standing = review_award(ctx, call_of(app), wanted)
        return ReviewAnswer(award=entry_answer(award), standing=standing)
