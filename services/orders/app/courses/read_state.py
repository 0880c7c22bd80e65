"""How courses stand for one learner now, with the versions that it was read at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.kit.days import civil_day
from services.kit.store import Check, Stored, Write
from services.orders.app.context import Context
from services.orders.app.courses.items import course_key, read_offer
from services.orders.app.courses.problems import COURSE_PROBLEMS
from services.orders.app.entitlements.items import entitlements
from services.orders.app.memberships.items import stored_membership
from services.orders.app.memberships.read_membership import plan_of
from services.orders.app.ordering.items import LatestOrder, latest_order, latest_order_key, order_key, read_cart
from services.orders.app.ordering.problems import ORDER_PROBLEMS
from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.ids import CourseId, LearnerId
from services.orders.domain.membership import Membership
from services.orders.domain.order import Goods, Order
from services.orders.domain.plan import Plan
from services.orders.domain.purchase_state import Standing, State

OBSTACLES = {problem.code: problem for problem in (*COURSE_PROBLEMS, *ORDER_PROBLEMS)}
"""By what stands against buying, which is named like the refusal."""


@dataclass(frozen=True)
class Shopper:
    """A learner at one instant, with the membership and the plan that runs."""

    learner_id: LearnerId
    now: datetime
    membership: Stored[Membership]
    plan: Plan | None


@dataclass(frozen=True)
class StandingItems:
    """One course's standing, and the items of the learner that it was read from."""

    standing: Standing
    latest: Stored[LatestOrder]
    order: Stored[Order] | None


def read_shopper(ctx: Context, learner_id: LearnerId) -> Shopper:
    """The learner now."""
    now, membership = ctx.clock.now(), stored_membership(ctx, learner_id)
    return Shopper(learner_id, now, membership, plan_of(ctx, membership.value.period_at(now)))


def hold_membership(shopper: Shopper, *, lends_prices: bool) -> Write:
    """That the membership is still what the standings were read under.

    Written where it lends its prices, not only checked: a refund of it at the same moment must meet the order.
    """
    held = shopper.membership
    return held.put(held.value) if lends_prices else Check(held.key, held.version)


def read_standing(ctx: Context, shopper: Shopper, course_id: CourseId) -> StandingItems:
    """How a course stands for the learner. Raises COURSE_NOT_FOUND."""
    offer = read_offer(ctx, course_id)
    owned = [stored.value for stored in ctx.store.query(*entitlements(shopper.learner_id, course_id), Entitlement)]
    latest = latest_order(ctx, shopper.learner_id, Goods.COURSE, course_id)
    order = ctx.store.get(order_key(latest.value.order_id), Order) if latest.value.order_id else None
    standing = Standing(offer, shopper.plan, owned, order.value if order else None, shopper.now)
    return StandingItems(standing, latest, order)


def refuse_unless_buyable(standing: Standing) -> None:
    """Raises COURSE_WITHDRAWN, ALREADY_OWNED or ORDER_PENDING, which name the course."""
    obstacle = standing.buying_obstacle
    if obstacle:
        order = standing.pending_order
        members = {"course_id": standing.offer.course_id} | ({"order_id": order.order_id} if order else {})
        raise OBSTACLES[obstacle].problem(**members)


@dataclass(frozen=True)
class CourseState:
    """A course for one learner; `plans` are on offer to who has no membership."""

    standing: Standing
    in_cart: bool
    plans: Sequence[Plan]

    @property
    def state(self) -> State:
        """The one thing that the page shows first."""
        return self.standing.state(in_cart=self.in_cart)


def read_state(ctx: Context, learner_id: LearnerId, course_id: CourseId) -> CourseState:
    """The state for the course's page. Raises COURSE_NOT_FOUND."""
    shopper = read_shopper(ctx, learner_id)
    standing = read_standing(ctx, shopper, course_id).standing
    in_cart = read_cart(ctx, learner_id).value.holds(course_id)
    plans = [] if shopper.plan else ctx.plans.on_offer(civil_day(shopper.now))
    return CourseState(standing, in_cart, plans)


def read_states(ctx: Context, learner_id: LearnerId, course_ids: Sequence[CourseId]) -> list[CourseState]:
    """How each of some courses stands, in the order asked for; those that are not known are left out.

    They are read together: however many there are, it takes five calls.
    """
    shopper, cart = read_shopper(ctx, learner_id), read_cart(ctx, learner_id).value
    wanted = list(dict.fromkeys(course_ids))
    offers = ctx.store.get_many(course_key(course_id) for course_id in wanted)
    latest_keys = {course_id: latest_order_key(learner_id, Goods.COURSE, course_id) for course_id in wanted}
    latest = ctx.store.get_many(latest_keys.values())
    placed = {course_id: latest.get(key, LatestOrder) for course_id, key in latest_keys.items()}
    order_keys = {course_id: order_key(stored.value.order_id) for course_id, stored in placed.items() if stored}
    orders = ctx.store.get_many(order_keys.values())
    owned = _by_course(ctx, learner_id)

    def state(offer: CourseOffer) -> CourseState:
        key = order_keys.get(offer.course_id)
        order = orders.get(key, Order) if key else None
        entitlements_to = owned.get(offer.course_id, [])
        standing = Standing(offer, shopper.plan, entitlements_to, order.value if order else None, shopper.now)
        return CourseState(standing, cart.holds(offer.course_id), [])

    found = (offers.get(course_key(course_id), CourseOffer) for course_id in wanted)
    return [state(stored.value) for stored in found if stored]


def _by_course(ctx: Context, learner_id: LearnerId) -> dict[CourseId, list[Entitlement]]:
    """Every entitlement that the learner ever had."""
    found: dict[CourseId, list[Entitlement]] = {}
    for stored in ctx.store.query(*entitlements(learner_id), Entitlement):
        found.setdefault(stored.value.course_id, []).append(stored.value)
    return found
