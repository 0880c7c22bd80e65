"""How a course stands for a learner, for its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.kit.days import civil_day
from services.orders.app.context import Context
from services.orders.app.courses.standings import read_shopper, read_standing
from services.orders.app.ordering.items import read_cart
from services.orders.domain.ids import CourseId, LearnerId
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


def read_state(ctx: Context, learner_id: LearnerId, course_id: CourseId) -> CourseState:
    """The state for the course's page. Raises COURSE_NOT_FOUND."""
    shopper = read_shopper(ctx, learner_id)
    standing = read_standing(ctx, shopper, course_id).standing
    in_cart = read_cart(ctx, learner_id).value.holds(course_id)
    plans = [] if shopper.plan else ctx.plans.on_offer(civil_day(shopper.now))
    return CourseState(standing, in_cart, plans)
