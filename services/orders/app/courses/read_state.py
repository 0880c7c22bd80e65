"""What a learner owns, and how a course stands for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.kit.days import civil_day
from services.orders.app.context import Context
from services.orders.app.courses.standings import Standings
from services.orders.app.entitlements.items import entitlements
from services.orders.app.ordering.cart import read_cart
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.plan import Plan
from services.orders.domain.purchase_state import Standing, State


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


def read_state(context: Context, learner_id: str, course_id: str) -> CourseState:
    """The state for the course's page. Raises COURSE_NOT_FOUND."""
    standings = Standings(context, learner_id)
    standing = standings.of(course_id).standing
    in_cart = read_cart(context, learner_id).value.holds(course_id)
    plans = [] if standings.plan else context.plans.on_offer(civil_day(standings.now))
    return CourseState(standing, in_cart, plans)


def list_entitlements(context: Context, learner_id: str) -> list[Entitlement]:
    """A learner's entitlements that hold now, by course."""
    now = context.clock.now()
    partition, prefix = entitlements(learner_id)
    found = [stored.value for stored in context.store.query(partition, prefix, Entitlement)]
    return [entitlement for entitlement in found if entitlement.valid_at(now)]
