"""Claiming (领取) a course that is recommended to members."""

from services.kit.idempotency import Request, answer_once
from services.kit.store import Change, Check, Put, Write
from services.orders.app.announcements import entitlement_granted
from services.orders.app.context import Context
from services.orders.app.courses.items import course_key
from services.orders.app.entitlements.items import claim_key, entitlement_key
from services.orders.app.memberships.items import membership_key
from services.orders.app.memberships.memberships import plan_of, read_versioned
from services.orders.app.problems import COURSE_NOT_FOUND, OBSTACLES
from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.entitlement import Basis, Claim, Entitlement
from services.orders.domain.purchase_state import claim_obstacle


def claim_course(
    context: Context, learner_id: str, course_id: str, idempotency_key: str, correlation_id: str
) -> Entitlement:
    """Claims the course: claim, entitlement and event in one transaction that holds what it was decided on.

    Raises:
        Problem: COURSE_NOT_FOUND, COURSE_NOT_RECOMMENDED, MEMBERSHIP_REQUIRED, ALREADY_CLAIMED,
            IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    request = Request(learner_id, idempotency_key, "claim_course", {"course_id": course_id})

    def plan_claim() -> tuple[Change, Entitlement]:
        return _plan_claim(context, learner_id, course_id, correlation_id)

    return answer_once(context.store, context.clock, request, Entitlement, plan_claim)


def _plan_claim(context: Context, learner_id: str, course_id: str, correlation_id: str) -> tuple[Change, Entitlement]:
    now = context.clock.now()
    offer = context.store.get(course_key(course_id), CourseOffer)
    if offer is None:
        raise COURSE_NOT_FOUND.problem()
    membership, membership_version = read_versioned(context, learner_id)
    plan = plan_of(context, membership.period_at(now))
    claimed = context.store.get(claim_key(learner_id, course_id), Claim) is not None
    obstacle = claim_obstacle(offer.value, plan, claimed=claimed)
    if obstacle:
        raise OBSTACLES[obstacle].problem()
    entitlement = Entitlement(
        entitlement_id=context.ids.new(),
        learner_id=learner_id,
        course_id=course_id,
        basis=Basis.CLAIM,
        counts_against_member_quota=False,
        granted_at=now,
        valid_until=None,
    )
    claim = Claim(learner_id, course_id, offer.value.sequence, now, entitlement.entitlement_id)
    writes: list[Write] = [
        Put(claim_key(learner_id, course_id), claim),
        Put(entitlement_key(learner_id, course_id, entitlement.entitlement_id), entitlement),
        # Written, not only checked: a refund of the membership at the same moment must meet the claim.
        Put(membership_key(learner_id), membership, membership_version),
        Check(offer.key, offer.version),
    ]
    return Change(writes, [entitlement_granted(context, entitlement, correlation_id)]), entitlement
