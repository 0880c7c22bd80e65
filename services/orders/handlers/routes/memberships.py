"""Memberships: the caller's own, and those that administrators grant."""

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from services.kit.bodies import Answer, Request
from services.kit.days import civil_day
from services.kit.http import HttpApi
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


class PeriodAnswer(Answer):
    """A period of membership: valid from its first instant up to, not including, its last."""

    plan: str
    valid_from: datetime
    valid_until: datetime


class GrantAnswer(PeriodAnswer):
    """The period that was granted."""

    learner_id: str


class PlanAnswer(Answer):
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


class PlansAnswer(Answer):
    """What is on offer today, cheapest first."""

    plans: list[PlanOnOffer]


class MembershipOrderRequest(Request):
    """Order a period of membership."""

    plan: PlanId
    expected_fen: ExpectedFen


class MembershipAnswer(Answer):
    """The caller's membership now."""

    active: bool
    plan: PlanAnswer | None
    valid_until: datetime | None = Field(description="when it ends, the periods that follow on included")
    periods: list[PeriodAnswer] = Field(description="every period that was granted and not taken back, in order")


def add_membership_routes(api: HttpApi, ctx: Context) -> None:
    """What concerns memberships."""
    learner = api.secured(Role.LEARNER)

    @learner.route("GET /v1/orders/membership", "read_membership")
    def membership() -> MembershipAnswer:
        """The caller's membership."""
        return _membership_answer(read_membership(ctx, fields.learner_id(api)))

    @api.secured(Role.ADMINISTRATOR, Role.SUPPORT).route(
        "GET /v1/orders/learners/<learner_id>/membership", "read_learner_membership"
    )
    def membership_of(learner_id: LearnerId) -> MembershipAnswer:
        """A learner's membership."""
        return _membership_answer(read_membership(ctx, learner_id))

    @api.secured(Role.ADMINISTRATOR).route(
        "POST /v1/orders/learners/<learner_id>/memberships", "grant_membership", status_code=201, idempotent=True
    )
    def grant(learner_id: LearnerId, request: GrantRequest) -> GrantAnswer:
        """Grant a learner a period of membership."""
        period = grant_membership(ctx, api.call(), learner_id, request.plan, request.reason)
        return GrantAnswer.of(period, learner_id=learner_id, plan=period.plan_id)

    @api.public().route("GET /v1/orders/plans", "list_plans")
    def plans() -> PlansAnswer:
        """The memberships on offer."""
        return PlansAnswer.of(plans=ctx.plans.on_offer(civil_day(ctx.clock.now())))

    @learner.route("POST /v1/orders/membership-orders", "order_membership", status_code=201, idempotent=True)
    def order(request: MembershipOrderRequest) -> OrderAnswer:
        """Order a period of membership; paid, it begins at once or follows on the one that runs."""
        placed = order_membership(ctx, api.call(), request.plan, request.expected_fen)
        return order_answer(placed, ctx.clock.now())


def _membership_answer(view: MembershipView) -> MembershipAnswer:
    periods = [PeriodAnswer.of(period, plan=period.plan_id) for period in view.membership.periods if not period.revoked]
    return MembershipAnswer.of(view, active=view.current is not None, periods=periods)
