"""Claiming (领取) a course that is recommended to members."""

from services.kit.call import Call
from services.kit.idempotency import answer_once
from services.kit.store import Change, Put
from services.orders.app.context import Context
from services.orders.app.courses.items import read_offer
from services.orders.app.courses.problems import COURSE_PROBLEMS
from services.orders.app.entitlements.give_entitlement import give_entitlement
from services.orders.app.entitlements.items import claim_key
from services.orders.app.entitlements.problems import CLAIM_PROBLEMS
from services.orders.app.memberships.items import stored_membership
from services.orders.app.memberships.read_membership import plan_of
from services.orders.domain.entitlement import Basis, Claim, Entitlement
from services.orders.domain.ids import CourseId, LearnerId
from services.orders.domain.purchase_state import claim_obstacle

OBSTACLES = {problem.code: problem for problem in (*COURSE_PROBLEMS, *CLAIM_PROBLEMS)}
"""By what stands against a claim, which is named like the refusal."""


def claim_course(ctx: Context, call: Call, course_id: CourseId) -> Entitlement:
    """Claims the course: claim, entitlement and event in one transaction that holds what it was decided on.

    Raises:
        Problem: COURSE_NOT_FOUND, COURSE_NOT_RECOMMENDED, MEMBERSHIP_REQUIRED, ALREADY_CLAIMED,
            IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    request = call.request("claim_course", course_id=course_id)
    return answer_once(ctx.store, ctx.clock, request, Entitlement, lambda: _plan(ctx, call, course_id))


def _plan(ctx: Context, call: Call, course_id: CourseId) -> tuple[Change, Entitlement]:
    now, learner_id = ctx.clock.now(), LearnerId(call.caller_id)
    offer, membership = read_offer(ctx, course_id), stored_membership(ctx, learner_id)
    key = claim_key(learner_id, course_id)
    obstacle = claim_obstacle(
        offer,
        plan_of(ctx, membership.value.period_at(now)),
        claimed=ctx.store.get(key, Claim) is not None,
    )
    if obstacle:
        raise OBSTACLES[obstacle].problem()
    entitlement, given, event = give_entitlement(ctx, learner_id, course_id, Basis.CLAIM, call.correlation_id)
    claim = Claim(learner_id, course_id, offer.sequence, now, entitlement.entitlement_id)
    # The membership is written, not only checked: a refund of it at the same moment must meet the claim.
    held = membership.put(membership.value)
    return Change([Put(key, claim), given, held], [event]), entitlement
