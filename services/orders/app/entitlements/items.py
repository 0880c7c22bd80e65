"""What is kept of entitlements, and where."""

from services.kit.store import Key
from services.orders.app.items import learner


def claim_key(learner_id: str, course_id: str) -> Key:
    """A learner's one claim of a course."""
    return Key(learner(learner_id), f"CLAIM#{course_id}")


def claims(learner_id: str) -> tuple[str, str]:
    """Partition and sort-key prefix of a learner's claims."""
    return learner(learner_id), "CLAIM#"


def entitlements(learner_id: str, course_id: str | None = None) -> tuple[str, str]:
    """Partition and sort-key prefix of a learner's entitlements, to one course or to all."""
    return learner(learner_id), "ENTITLEMENT#" if course_id is None else f"ENTITLEMENT#{course_id}#"


def entitlement_key(learner_id: str, course_id: str, entitlement_id: str) -> Key:
    """One entitlement."""
    return Key(learner(learner_id), f"ENTITLEMENT#{course_id}#{entitlement_id}")
