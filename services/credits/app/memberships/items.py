"""Where memberships lie."""

from services.credits.app.ledger.items import learner_pk
from services.credits.domain.ids import LearnerId, MembershipPeriodId
from services.kit.store import Key

MEMBERSHIPS = "MEMBERSHIP#"


def membership_key(learner_id: LearnerId, period_id: MembershipPeriodId) -> Key:
    """Our view of one period of the learner's membership."""
    return Key(learner_pk(learner_id), f"{MEMBERSHIPS}{period_id}")
