"""How courses stand for the caller."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from services.kit.bodies import Answer
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.orders.app.context import Context
from services.orders.app.courses.read_state import CourseState, read_state, read_states
from services.orders.domain import ids
from services.orders.domain.entitlement import Basis
from services.orders.domain.order import PriceReason
from services.orders.domain.plan import Plan
from services.orders.domain.purchase_state import BuyingObstacle, Obstacle, Standing, State
from services.orders.handlers.routes.fields import CourseId, learner_id

ID = "[a-z0-9][a-z0-9-]{0,63}"
CourseIds = Annotated[str, Query(pattern=rf"^{ID}(,{ID}){{0,49}}$", description="ids of courses, with commas")]


class PlanOffer(Answer):
    """What a membership that the caller does not have would make of this course."""

    plan: str
    title: str
    title_en: str
    plan_price_fen: int = Field(description="a period of membership")
    course_price_fen: int = Field(description="the course, for a member")
    claimable: bool = Field(description="a member may claim the course")
    in_library: bool = Field(description="a member may watch the course while the membership runs")


class StateAnswer(Answer):
    """How a course stands for the caller."""

    course_id: str
    state: State = Field(
        description="owned by an entitlement or the running membership's library (basis); in_pending_order: an order "
        "of it waits for its payment (order_id)"
    )
    reason: Obstacle | None = Field(description="why it cannot be claimed; null: it is owned, or can be claimed")
    basis: Basis | None = Field(description="of owned: what the right to watch rests on")
    entitlement_id: str | None = Field(description="null: none, or only the membership's library opens it")
    watchable: bool = Field(description="whether it may be watched now, whatever else the state says")
    in_cart: bool
    order_id: str | None = Field(description="of in_pending_order")
    buying_obstacle: BuyingObstacle | None = Field(description="why it cannot be put into the cart or ordered")
    price_fen: int = Field(description="the course's list price, fen")
    own_price_fen: int = Field(description="what the caller pays now, fen")
    price_reason: PriceReason = Field(description="why the caller pays that: it is the list or the members' price")
    plans: list[PlanOffer] = Field(description="memberships on offer to a caller who has none, cheapest first")


class CourseStandingAnswer(Answer):
    """How a course stands for the caller, in short: what its card says."""

    course_id: str
    state: State
    basis: Basis | None = Field(description="of owned: what the right to watch rests on")
    watchable: bool
    in_library: bool = Field(description="the running membership opens it, whatever else it rests on")
    buying_obstacle: BuyingObstacle | None
    price_fen: int = Field(description="the course's list price, fen")
    own_price_fen: int = Field(description="what the caller pays now, fen")
    price_reason: PriceReason


class StandingsAnswer(Answer):
    """How some courses stand for the caller."""

    courses: list[CourseStandingAnswer] = Field(description="in the order asked for, without those that are not known")


def add_course_routes(api: HttpApi, ctx: Context) -> None:
    """The route."""

    @api.secured(Role.LEARNER).route("GET /v1/orders/courses/<course_id>/state", "read_course_state")
    def state(course_id: CourseId) -> StateAnswer:
        """How a course stands for the caller."""
        return _state_answer(read_state(ctx, learner_id(api), course_id))

    @api.secured(Role.LEARNER).route("GET /v1/orders/standings", "read_standings")
    def standings(courses: CourseIds) -> StandingsAnswer:
        """How up to 50 courses stand for the caller."""
        asked = [ids.CourseId(course_id) for course_id in courses.split(",")]
        found = read_states(ctx, learner_id(api), asked)
        return StandingsAnswer(courses=[_standing_answer(state) for state in found])


def _standing_answer(found: CourseState) -> CourseStandingAnswer:
    standing, state = found.standing, found.state
    return CourseStandingAnswer.of(
        standing,
        course_id=standing.offer.course_id,
        state=state,
        basis=_basis(standing, state),
        watchable=_is_watchable(standing),
        price_fen=standing.offer.price_fen,
        own_price_fen=standing.price.fen,
        price_reason=standing.price.reason,
    )


def _is_watchable(standing: Standing) -> bool:
    return standing.entitlement is not None or standing.in_library


def _state_answer(found: CourseState) -> StateAnswer:
    standing, state = found.standing, found.state
    entitlement, order = standing.entitlement, standing.pending_order
    return StateAnswer.of(
        found,
        course_id=standing.offer.course_id,
        reason=None if state is State.OWNED else standing.claim_obstacle,
        basis=_basis(standing, state),
        entitlement_id=entitlement.entitlement_id if entitlement else None,
        watchable=_is_watchable(standing),
        order_id=order.order_id if order else None,
        buying_obstacle=standing.buying_obstacle,
        price_fen=standing.offer.price_fen,
        own_price_fen=standing.price.fen,
        price_reason=standing.price.reason,
        plans=[_plan_offer(standing, plan) for plan in found.plans],
    )


def _basis(standing: Standing, state: State) -> Basis | None:
    if state is not State.OWNED:
        return None
    return standing.entitlement.basis if standing.entitlement else Basis.MEMBERSHIP


def _plan_offer(standing: Standing, plan: Plan) -> PlanOffer:
    as_member = standing.under(plan)
    return PlanOffer.of(
        plan,
        as_member,
        plan=plan.id,
        plan_price_fen=plan.price_fen or 0,
        course_price_fen=as_member.price.fen,
        claimable=as_member.claim_obstacle is None,
    )
