"""Reading memberships."""

from services.credits.app.ledger.items import learner_pk
from services.credits.app.memberships.items import MEMBERSHIPS
from services.credits.domain.ids import LearnerId, MembershipPeriodId
from services.credits.domain.quota import MembershipPeriod
from services.kit.store import Store


def membership_periods(store: Store, learner_id: LearnerId) -> dict[MembershipPeriodId, MembershipPeriod]:
    """Every period of the learner's membership that we know of, by id."""
    found = store.query(learner_pk(learner_id), MEMBERSHIPS, MembershipPeriod)
    return {stored.value.id: stored.value for stored in found}
