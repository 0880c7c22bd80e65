"""What learners and administrators ask of orders."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from services.kit.http import HttpApi, caller, correlation_id, idempotency_key, secured
from services.kit.identity import Role
from services.orders import bootstrap
from services.orders.app.claim_course import claim_course
from services.orders.app.context import Context
from services.orders.app.entitlements import CourseState, list_entitlements, read_state
from services.orders.app.memberships import MembershipView, grant_membership, read_membership
from services.orders.app.problems import PROBLEMS
from services.orders.domain.entitlement import Basis, Entitlement
from services.orders.domain.purchase_state import Obstacle, State

CourseId = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="the course's id")]
LearnerId = Annotated[
    StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$", description="the user pool's id of the learner")
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GrantRequest(_Request):
    """Give a learner a period of membership."""

    plan: StrictStr = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="the plan's id")
    reason: StrictStr = Field(pattern=r"\S", max_length=500, description="why; kept in the audit log")


class ClaimRequest(_Request):
    """Claim a course that is recommended to members."""

    course_id: CourseId


class PeriodAnswer(BaseModel):
    """A period of membership: valid from its first instant up to, not including, its last."""

    plan: str
    valid_from: datetime
    valid_until: datetime


class GrantAnswer(PeriodAnswer):
    """The period that was granted."""

    learner_id: str


class PlanAnswer(BaseModel):
    """What the running membership brings."""

    id: str
    title: str
    title_en: str
    member_recommended_claims: bool = Field(description="courses recommended to members can be claimed")
    quota_hours: Decimal = Field(description="hours that can be earned per period from the membership's library")


class MembershipAnswer(BaseModel):
    """The caller's membership now."""

    active: bool
    plan: PlanAnswer | None
    valid_until: datetime | None = Field(description="when it ends, the periods that follow on included")
    periods: list[PeriodAnswer] = Field(description="every period ever granted, in order")


class StateAnswer(BaseModel):
    """How a course stands for the caller."""

    course_id: str
    state: State
    reason: Obstacle | None = Field(description="of not_owned: why it cannot be claimed either")
    basis: Basis | None = Field(description="of owned: what the entitlement rests on")
    entitlement_id: str | None
    price_fen: int = Field(description="the course's list price, fen")


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


def build_api(context: Context, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi orders", PROBLEMS, origin_secret)
    _add_membership_routes(api.app, context)
    _add_course_routes(api.app, context)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.orders(), bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)


def _add_membership_routes(app: APIGatewayHttpResolver, context: Context) -> None:
    @app.get(
        "/v1/orders/membership",
        operation_id="read_membership",
        summary="The caller's membership",
        **secured(Role.LEARNER),
    )
    def membership() -> MembershipAnswer:
        return _membership_answer(read_membership(context, caller(app).id))

    @app.post(
        "/v1/orders/learners/<learner_id>/memberships",
        status_code=201,
        operation_id="grant_membership",
        summary="Grant a learner a period of membership",
        **secured(Role.ADMINISTRATOR, idempotent=True),
    )
    def grant(learner_id: Annotated[LearnerId, Path()], request: Annotated[GrantRequest, Body()]) -> GrantAnswer:
        key = idempotency_key(app)
        period = grant_membership(
            context, caller(app), learner_id, request.plan, request.reason, key, correlation_id(app)
        )
        return GrantAnswer(
            learner_id=learner_id,
            plan=period.plan_id,
            valid_from=period.valid_from,
            valid_until=period.valid_until,
        )


def _add_course_routes(app: APIGatewayHttpResolver, context: Context) -> None:
    learner = secured(Role.LEARNER)

    @app.get(
        "/v1/orders/courses/<course_id>/state",
        operation_id="read_course_state",
        summary="How a course stands for the caller",
        **learner,
    )
    def state(course_id: Annotated[CourseId, Path()]) -> StateAnswer:
        return _state_answer(read_state(context, caller(app).id, course_id))

    @app.post(
        "/v1/orders/claims",
        status_code=201,
        operation_id="claim_course",
        summary="Claim a course that is recommended to members",
        **secured(Role.LEARNER, idempotent=True),
    )
    def claim(request: Annotated[ClaimRequest, Body()]) -> EntitlementAnswer:
        key = idempotency_key(app)
        claimed = claim_course(context, caller(app).id, request.course_id, key, correlation_id(app))
        return _entitlement_answer(claimed)

    @app.get(
        "/v1/orders/entitlements",
        operation_id="list_entitlements",
        summary="Everything the caller may watch",
        **learner,
    )
    def owned() -> EntitlementsAnswer:
        found = list_entitlements(context, caller(app).id)
        return EntitlementsAnswer(entitlements=[_entitlement_answer(entitlement) for entitlement in found])


def _membership_answer(view: MembershipView) -> MembershipAnswer:
    periods = [
        PeriodAnswer(plan=period.plan_id, valid_from=period.valid_from, valid_until=period.valid_until)
        for period in view.membership.periods
    ]
    plan = PlanAnswer.model_validate(view.plan, from_attributes=True) if view.plan else None
    return MembershipAnswer(active=view.current is not None, plan=plan, valid_until=view.valid_until, periods=periods)


def _state_answer(found: CourseState) -> StateAnswer:
    entitlement = found.state.entitlement
    return StateAnswer(
        course_id=found.offer.course_id,
        state=found.state.state,
        reason=found.state.obstacle,
        basis=entitlement.basis if entitlement else None,
        entitlement_id=entitlement.entitlement_id if entitlement else None,
        price_fen=found.offer.price_fen,
    )


def _entitlement_answer(entitlement: Entitlement) -> EntitlementAnswer:
    return EntitlementAnswer.model_validate(entitlement, from_attributes=True)
