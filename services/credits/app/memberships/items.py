"""Where memberships lie, and all of a learner's."""

from services.credits.app.ledger.items import learner_pk
from services.credits.domain.ids import LearnerId, MembershipPeriodId
from services.credits.domain.quota import MembershipPeriod
from services.kit.store import Key, Store

MEMBERSHIPS = "MEMBERSHIP#"


def membership_key(learner_id: LearnerId, period_id: MembershipPeriodId) -> Key:
    """Our view of one period of the learner's membership."""
    return Key(learner_pk(learner_id), f"{MEMBERSHIPS}{period_id}")


def membership_periods(store: Store, learner_id: LearnerId) -> dict[MembershipPeriodId, MembershipPeriod]:
    """Every period of the learner's membership that we know of, by id."""
    found = store.query(learner_pk(learner_id), MEMBERSHIPS, MembershipPeriod)
    return {stored.value.id: stored.value for stored in found}
