"""What the caller may watch, and claims of courses."""

from datetime import datetime

from pydantic import Field

from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.orders.app.context import Context
from services.orders.app.entitlements.claim_course import claim_course
from services.orders.app.entitlements.list_entitlements import list_entitlements
from services.orders.domain.entitlement import Basis
from services.orders.handlers.routes.fields import CourseId, learner_id


class ClaimRequest(Request):
    """Claim a course that is recommended to members."""

    course_id: CourseId


class EntitlementAnswer(Answer):
    """The right to watch a course."""

    entitlement_id: str
    course_id: str
    basis: Basis
    counts_against_member_quota: bool
    granted_at: datetime
    valid_until: datetime | None = Field(description="the first instant it no longer holds; null: it does not end")


class EntitlementsAnswer(Answer):
    """Everything the caller may watch."""

    entitlements: list[EntitlementAnswer]


def add_entitlement_routes(api: HttpApi, ctx: Context) -> None:
    """Claiming, and what is owned."""
    learner = api.secured(Role.LEARNER)

    @learner.route("POST /v1/orders/claims", "claim_course", status_code=201, idempotent=True)
    def claim(request: ClaimRequest) -> EntitlementAnswer:
        """Claim a course that is recommended to members."""
        return EntitlementAnswer.of(claim_course(ctx, api.call(), request.course_id))

    @learner.route("GET /v1/orders/entitlements", "list_entitlements")
    def owned() -> EntitlementsAnswer:
        """Everything the caller may watch."""
        return EntitlementsAnswer.of(entitlements=list_entitlements(ctx, learner_id(api)))
