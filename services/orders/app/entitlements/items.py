"""What is kept of entitlements and claims, and where."""

from services.kit.store import Key
from services.orders.app.items import learner_pk
from services.orders.domain.ids import CourseId, EntitlementId, LearnerId


def claim_key(learner_id: LearnerId, course_id: CourseId) -> Key:
    """A learner's one claim of a course."""
    return Key(learner_pk(learner_id), f"CLAIM#{course_id}")


def claims(learner_id: LearnerId) -> tuple[str, str]:
    """Partition and sort-key prefix of a learner's claims."""
    return learner_pk(learner_id), "CLAIM#"


def entitlement_key(learner_id: LearnerId, course_id: CourseId, entitlement_id: EntitlementId) -> Key:
    """One entitlement."""
    return Key(learner_pk(learner_id), f"ENTITLEMENT#{course_id}#{entitlement_id}")


def entitlements(learner_id: LearnerId, course_id: CourseId | None = None) -> tuple[str, str]:
    """Partition and sort-key prefix of a learner's entitlements, to one course or to all."""
    return learner_pk(learner_id), "ENTITLEMENT#" if course_id is None else f"ENTITLEMENT#{course_id}#"
