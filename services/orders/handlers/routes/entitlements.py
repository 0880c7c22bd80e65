"""What the caller may watch, and claims of courses."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.store import Page
from services.orders.app.context import Context
from services.orders.app.entitlements.claim_course import claim_course
from services.orders.app.entitlements.list_entitlements import MAX_ENTITLEMENTS, list_entitlements
from services.orders.domain.entitlement import Basis, Entitlement
from services.orders.handlers.routes.fields import CourseId, LearnerId, learner_id

After = Annotated[
    str, Query(pattern=r"^([0-9a-z-]{1,64}#[0-9A-Za-z-]{1,64})?$", description="the earlier page's `after`")
]
Listed = Annotated[int, Query(ge=1, le=MAX_ENTITLEMENTS)]


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
    """A page of everything the caller may watch, by course."""

    entitlements: list[EntitlementAnswer]
    after: str | None = Field(description="begins the next page; null on the last")


def add_entitlement_routes(api: HttpApi, ctx: Context) -> None:
    """Claiming, and what is owned."""
    learner = api.secured(Role.LEARNER)

    @learner.route("POST /v1/orders/claims", "claim_course", status_code=201, idempotent=True)
    def claim(request: ClaimRequest) -> EntitlementAnswer:
        """Claim a course that is recommended to members."""
        return EntitlementAnswer.of(claim_course(ctx, api.call(), request.course_id))

    @learner.route("GET /v1/orders/entitlements", "list_entitlements")
    def owned(after: After = "", limit: Listed = MAX_ENTITLEMENTS) -> EntitlementsAnswer:
        """Everything the caller may watch, a page at a time."""
        return _page(list_entitlements(ctx, learner_id(api), after, limit))

    @api.secured(Role.ADMINISTRATOR, Role.SUPPORT).route(
        "GET /v1/orders/learners/<learner_id>/entitlements", "list_learner_entitlements"
    )
    def of_learner(learner_id: LearnerId, after: After = "", limit: Listed = MAX_ENTITLEMENTS) -> EntitlementsAnswer:
        """Everything a learner may watch, a page at a time."""
        return _page(list_entitlements(ctx, learner_id, after, limit))


def _page(page: Page[Entitlement]) -> EntitlementsAnswer:
    return EntitlementsAnswer.of(page, entitlements=page.items)
