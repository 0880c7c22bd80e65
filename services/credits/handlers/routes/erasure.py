"""Forgetting a person, by an administrator on the person's request."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, Field

from services.credits.app.context import LedgerContext
from services.credits.app.erasure.erase_person import erase_person
from services.credits.handlers.routes.fields import LearnerIdPath, Reason500
from services.kit.bodies import Request
from services.kit.http import call_of, secured
from services.kit.identity import Role


class ErasureRequest(Request):
    """On what ground; without the person's name, since it stays."""

    reason: Reason500


class ErasureAnswer(BaseModel):
    """That it was done."""

    learner_id: str
    erased_at: datetime = Field(description="the profile is empty since; names on documents and the user follow")


def add_erasure_routes(app: APIGatewayHttpResolver, ctx: LedgerContext) -> None:
    """The erasure's route."""

    @app.post(
        "/v1/credits/learners/<learner_id>/erasure",
        summary="Forget a person for good: profile, names, numbers and the user; the ledger stays; safe to repeat",
        operation_id="erase_person",
        **secured(Role.ADMINISTRATOR),
    )
    def erase(learner_id: LearnerIdPath, request: Annotated[ErasureRequest, Body()]) -> ErasureAnswer:
        at = erase_person(ctx, call_of(app), learner_id, request.reason)
        return ErasureAnswer(learner_id=learner_id, erased_at=at)
