"""Granting memberships, and telling how their periods stand."""

from services.kit.call import Call
from services.kit.days import civil_day
from services.kit.events import Envelope
from services.kit.idempotency import answer_once
from services.kit.store import Change, required
from services.orders.app.context import Context
from services.orders.app.memberships.items import stored_membership
from services.orders.app.memberships.problems import PLAN_NOT_FOUND
from services.orders.domain.ids import LearnerId, PeriodId, PlanId
from services.orders.domain.membership import Period
from services.orders.events.published import MembershipChanged


def grant_membership(ctx: Context, call: Call, learner_id: LearnerId, plan_id: PlanId, reason: str) -> Period:
    """Gives a learner one more period under the plan now in force; it follows on a period that still runs.

    Raises:
        Problem: PLAN_NOT_FOUND, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan_grant() -> tuple[Change, Period]:
        now = ctx.clock.now()
        plan = required(ctx.plans.in_force(plan_id, civil_day(now)), PLAN_NOT_FOUND.problem(plan=plan_id))
        stored = stored_membership(ctx, learner_id)
        extended = stored.value.extended(plan, now, PeriodId(ctx.ids.new()))
        period = extended.periods[-1]
        audit = ctx.audit.entry(call.caller, "grant_membership", learner_id, reason)
        event = membership_changed(ctx, learner_id, period, call.correlation_id)
        return Change([stored.put(extended), audit], [event]), period

    request = call.request("grant_membership", learner_id=learner_id, plan=plan_id, reason=reason)
    return answer_once(ctx.store, ctx.clock, request, Period, plan_grant)


def membership_changed(ctx: Context, learner_id: LearnerId, period: Period, correlation_id: str) -> Envelope:
    """The event that says how a period of membership stands now: for each transaction that grants or changes one."""
    plan = ctx.plans.version(period.plan_id, period.plan_version)
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
    return ctx.events.make(data, subject=period.id, sequence=period.sequence, correlation_id=correlation_id)
