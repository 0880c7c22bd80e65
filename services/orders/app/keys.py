"""Where things are kept. The README lists which access each key serves."""

from services.kit.store import Key


def course_key(course_id: str) -> Key:
    """The offer of a course."""
    return Key(f"COURSE#{course_id}", "OFFER")


def membership_key(learner_id: str) -> Key:
    """A learner's membership."""
    return Key(_learner(learner_id), "MEMBERSHIP")


def claim_key(learner_id: str, course_id: str) -> Key:
    """A learner's one claim of a course."""
    return Key(_learner(learner_id), f"CLAIM#{course_id}")


def entitlements(learner_id: str, course_id: str | None = None) -> tuple[str, str]:
    """Partition and sort-key prefix of a learner's entitlements, to one course or to all."""
    return _learner(learner_id), "ENTITLEMENT#" if course_id is None else f"ENTITLEMENT#{course_id}#"


def entitlement_key(learner_id: str, course_id: str, entitlement_id: str) -> Key:
    """One entitlement."""
    return Key(_learner(learner_id), f"ENTITLEMENT#{course_id}#{entitlement_id}")


def _learner(learner_id: str) -> str:
    return f"LEARNER#{learner_id}"
