"""What the caller may watch, and claims of courses."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, Field

from services.kit.bodies import Request
from services.kit.http import call_of, secured
from services.kit.identity import Role
from services.orders.app.context import Context
from services.orders.app.entitlements.claim_course import claim_course
from services.orders.app.entitlements.list_entitlements import list_entitlements
from services.orders.domain.entitlement import Basis, Entitlement
from services.orders.handlers.routes.fields import CourseId, learner_id


class ClaimRequest(Request):
    """Claim a course that is recommended to members."""

    course_id: CourseId


class EntitlementAnswer(BaseModel):
    """The right to watch a course."""

    entitlement_id: str
    course_id: str
    basis: Basis
    counts_against_member_quota: bool
    granted_at: datetime
    valid_until: datetime | None = Field(description="the first instant it no longer holds; null: it does not end")


class EntitlementsAnswer(BaseModel):
    """Everything the caller may watch."""

    entitlements: list[EntitlementAnswer]


def add_entitlement_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """Claiming, and what is owned."""

    @app.post(
        "/v1/orders/claims",
        status_code=201,
        operation_id="claim_course",
        summary="Claim a course that is recommended to members",
        **secured(Role.LEARNER, idempotent=True),
    )
    def claim(request: Annotated[ClaimRequest, Body()]) -> EntitlementAnswer:
        return _answer(claim_course(ctx, call_of(app), request.course_id))

    @app.get(
        "/v1/orders/entitlements",
        operation_id="list_entitlements",
        summary="Everything the caller may watch",
        **secured(Role.LEARNER),
    )
    def owned() -> EntitlementsAnswer:
        found = list_entitlements(ctx, learner_id(app))
        return EntitlementsAnswer(entitlements=[_answer(entitlement) for entitlement in found])


def _answer(entitlement: Entitlement) -> EntitlementAnswer:
    return EntitlementAnswer.model_validate(entitlement, from_attributes=True)
