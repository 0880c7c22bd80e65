"""Granting and reading memberships."""

from dataclasses import dataclass
from datetime import datetime

from services.kit.days import civil_day
from services.kit.events import Envelope
from services.kit.idempotency import Request, answer_once
from services.kit.identity import Principal
from services.kit.store import ABSENT, Change, Put
from services.orders.app.context import Context
from services.orders.app.memberships.items import membership_key
from services.orders.app.problems import PLAN_NOT_FOUND
from services.orders.domain.membership import Membership, Period
from services.orders.domain.plan import Plan
from services.orders.events.published import MembershipChanged


@dataclass(frozen=True)
class MembershipView:
    """A learner's membership at one instant: the running period with its plan, and when it all ends."""

    membership: Membership
    current: Period | None
    plan: Plan | None
    valid_until: datetime | None


def grant_membership(
    context: Context,
    actor: Principal,
    learner_id: str,
    plan_id: str,
    reason: str,
    idempotency_key: str,
    correlation_id: str,
) -> Period:
    """Gives a learner one more period under the plan now in force; it follows on a period that still runs.

    Raises:
        Problem: PLAN_NOT_FOUND, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan_grant() -> tuple[Change, Period]:
        now = context.clock.now()
        plan = context.plans.in_force(plan_id, civil_day(now))
        if plan is None:
            raise PLAN_NOT_FOUND.problem(plan=plan_id)
        membership, version = read_versioned(context, learner_id)
        extended = membership.extended(plan, now, context.ids.new())
        period = extended.periods[-1]
        audit = context.audit.entry(actor, "grant_membership", learner_id, reason)
        told = membership_changed(context, learner_id, period, correlation_id)
        return Change([Put(membership_key(learner_id), extended, version), audit], [told]), period

    content = {"learner_id": learner_id, "plan": plan_id, "reason": reason}
    request = Request(actor.id, idempotency_key, "grant_membership", content)
    return answer_once(context.store, context.clock, request, Period, plan_grant)


def membership_changed(context: Context, learner_id: str, period: Period, correlation_id: str) -> Envelope:
    """The event that says how a period of membership stands now: for each transaction that grants or changes one."""
    plan = context.plans.version(period.plan_id, period.plan_version)
    data = MembershipChanged(
        learner_id=learner_id,
        membership_period_id=period.id,
        plan_id=period.plan_id,
        valid_from=period.valid_from,
        valid_until=period.valid_until,
        quota_hours=format(plan.quota_hours, "f"),
        opens_library=plan.opens_library,
        revoked=period.revoked,
    )
    return context.events.make(
        MembershipChanged.TYPE, data, subject=period.id, sequence=period.sequence, correlation_id=correlation_id
    )


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
