"""Reading memberships."""

from dataclasses import dataclass
from datetime import datetime

from services.orders.app.context import Context
from services.orders.app.memberships.items import stored_membership
from services.orders.domain.ids import LearnerId
from services.orders.domain.membership import Membership, Period
from services.orders.domain.plan import Plan


@dataclass(frozen=True)
class MembershipView:
    """A learner's membership at one instant: the running period with its plan, and when it all ends."""

    membership: Membership
    current: Period | None
    plan: Plan | None
    valid_until: datetime | None


def read_membership(ctx: Context, learner_id: LearnerId) -> MembershipView:
    """The learner's membership now."""
    membership, now = stored_membership(ctx, learner_id).value, ctx.clock.now()
    current = membership.period_at(now)
    return MembershipView(membership, current, plan_of(ctx, current), membership.valid_until(now))


def plan_of(ctx: Context, period: Period | None) -> Plan | None:
    """The version of the plan that a period was granted under."""
    return ctx.plans.version(period.plan_id, period.plan_version) if period else None
