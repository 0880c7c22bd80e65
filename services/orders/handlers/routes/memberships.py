"""Memberships: the caller's own, and those that administrators grant."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import BaseModel, Field

from services.kit.bodies import Request
from services.kit.days import civil_day
from services.kit.http import call_of, public, secured
from services.kit.identity import Role
from services.orders.app.context import Context
from services.orders.app.memberships.grant_membership import grant_membership
from services.orders.app.memberships.read_membership import MembershipView, read_membership
from services.orders.app.ordering.place_order import order_membership
from services.orders.handlers.routes import fields
from services.orders.handlers.routes.fields import ExpectedFen, LearnerId, PlanId, Reason
from services.orders.handlers.routes.ordering.answers import OrderAnswer, order_answer


class GrantRequest(Request):
    """Give a learner a period of membership."""

    plan: PlanId
    reason: Reason


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
    opens_library: bool = Field(description="the members' library can be watched")
    member_discount_percent: int = Field(
        description="off the list price of courses that have no price for members of their own"
    )


class PlanOnOffer(PlanAnswer):
    """A plan that anybody can buy a period of."""

    length_months: int = Field(description="civil months in China; a period that is bought early follows on")
    price_fen: int = Field(description="of a period")


class PlansAnswer(BaseModel):
    """What is on offer today, cheapest first."""

    plans: list[PlanOnOffer]


class MembershipOrderRequest(Request):
    """Order a period of membership."""

    plan: PlanId
    expected_fen: ExpectedFen


class MembershipAnswer(BaseModel):
    """The caller's membership now."""

    active: bool
    plan: PlanAnswer | None
    valid_until: datetime | None = Field(description="when it ends, the periods that follow on included")
    periods: list[PeriodAnswer] = Field(description="every period that was granted and not taken back, in order")


def add_membership_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """What concerns memberships."""
    _add_own(app, ctx)
    _add_buying(app, ctx)


def _add_own(app: APIGatewayHttpResolver, ctx: Context) -> None:
    @app.get(
        "/v1/orders/membership",
        operation_id="read_membership",
        summary="The caller's membership",
        **secured(Role.LEARNER),
    )
    def membership() -> MembershipAnswer:
        return _membership_answer(read_membership(ctx, fields.learner_id(app)))

    @app.post(
        "/v1/orders/learners/<learner_id>/memberships",
        status_code=201,
        operation_id="grant_membership",
        summary="Grant a learner a period of membership",
        **secured(Role.ADMINISTRATOR, idempotent=True),
    )
    def grant(learner_id: Annotated[LearnerId, Path()], request: Annotated[GrantRequest, Body()]) -> GrantAnswer:
        period = grant_membership(ctx, call_of(app), learner_id, request.plan, request.reason)
        return GrantAnswer(
            learner_id=learner_id,
            plan=period.plan_id,
            valid_from=period.valid_from,
            valid_until=period.valid_until,
        )


def _add_buying(app: APIGatewayHttpResolver, ctx: Context) -> None:
    @app.get("/v1/orders/plans", operation_id="list_plans", summary="The memberships on offer", **public())
    def plans() -> PlansAnswer:
        found = ctx.plans.on_offer(civil_day(ctx.clock.now()))
        return PlansAnswer(plans=[PlanOnOffer.model_validate(plan, from_attributes=True) for plan in found])

    @app.post(
        "/v1/orders/membership-orders",
        status_code=201,
        operation_id="order_membership",
        summary="Order a period of membership; paid, it begins at once or follows on the one that runs",
        **secured(Role.LEARNER, idempotent=True),
    )
    def order(request: Annotated[MembershipOrderRequest, Body()]) -> OrderAnswer:
        placed = order_membership(ctx, call_of(app), request.plan, request.expected_fen)
        return order_answer(placed, ctx.clock.now())


def _membership_answer(view: MembershipView) -> MembershipAnswer:
    periods = [
        PeriodAnswer(plan=period.plan_id, valid_from=period.valid_from, valid_until=period.valid_until)
        for period in view.membership.periods
        if not period.revoked
    ]
    plan = PlanAnswer.model_validate(view.plan, from_attributes=True) if view.plan else None
    return MembershipAnswer(active=view.current is not None, plan=plan, valid_until=view.valid_until, periods=periods)
