"""Granting and reading memberships."""

from dataclasses import dataclass
from datetime import datetime

from services.kit.idempotency import Request, answer_once
from services.kit.identity import Principal
from services.kit.store import ABSENT, Change, Put
from services.orders.app.context import Context
from services.orders.app.keys import membership_key
from services.orders.app.problems import PLAN_NOT_FOUND
from services.orders.domain.membership import Membership, Period, china_date
from services.orders.domain.plan import Plan


@dataclass(frozen=True)
class MembershipView:
    """A learner's membership at one instant: the running period with its plan, and when it all ends."""

    membership: Membership
    current: Period | None
    plan: Plan | None
    valid_until: datetime | None


def grant_membership(
    context: Context, actor: Principal, learner_id: str, plan_id: str, reason: str, idempotency_key: str
) -> Period:
    """Gives a learner one more period under the plan now in force; it follows on a period that still runs.

    Raises:
        Problem: PLAN_NOT_FOUND, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan_grant() -> tuple[Change, Period]:
        now = context.clock.now()
        plan = context.plans.in_force(plan_id, china_date(now))
        if plan is None:
            raise PLAN_NOT_FOUND.problem(plan=plan_id)
        membership, version = read_versioned(context, learner_id)
        extended = membership.extended(plan, now)
        audit = context.audit.entry(actor, "grant_membership", learner_id, reason)
        return Change([Put(membership_key(learner_id), extended, version), audit]), extended.periods[-1]

    content = {"learner_id": learner_id, "plan": plan_id, "reason": reason}
    request = Request(actor.id, idempotency_key, "grant_membership", content)
    return answer_once(context.store, context.clock, request, Period, plan_grant)


def read_membership(context: Context, learner_id: str) -> MembershipView:
    """The learner's membership now."""
    membership, _version = read_versioned(context, learner_id)
    now = context.clock.now()
    current = membership.period_at(now)
    return MembershipView(membership, current, plan_of(context, current), membership.valid_until(now))


def read_versioned(context: Context, learner_id: str) -> tuple[Membership, int]:
    """The stored membership and its version; an empty one where there is none."""
    stored = context.store.get(membership_key(learner_id), Membership)
    return (stored.value, stored.version) if stored else (Membership(learner_id), ABSENT)


def plan_of(context: Context, period: Period | None) -> Plan | None:
    """The version of the plan that a period was granted under."""
    return context.plans.version(period.plan_id, period.plan_version) if period else None
