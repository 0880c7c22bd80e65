"""What a learner owns, and how a course stands for them."""

from dataclasses import dataclass

from services.orders.app.context import Context
from services.orders.app.keys import course_key, entitlements
from services.orders.app.memberships import read_membership
from services.orders.app.problems import COURSE_NOT_FOUND
from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.purchase_state import PurchaseState, purchase_state


@dataclass(frozen=True)
class CourseState:
    """A course's offer and its state for one learner."""

    offer: CourseOffer
    state: PurchaseState


def read_state(context: Context, learner_id: str, course_id: str) -> CourseState:
    """The state for the course's page. Raises COURSE_NOT_FOUND."""
    offer = context.store.get(course_key(course_id), CourseOffer)
    if offer is None:
        raise COURSE_NOT_FOUND.problem()
    owned = _entitlements(context, learner_id, course_id)
    plan = read_membership(context, learner_id).plan
    return CourseState(offer.value, purchase_state(offer.value, plan, owned, context.clock.now()))


def list_entitlements(context: Context, learner_id: str) -> list[Entitlement]:
    """A learner's entitlements that hold now, by course."""
    now = context.clock.now()
    return [entitlement for entitlement in _entitlements(context, learner_id) if entitlement.valid_at(now)]


def _entitlements(context: Context, learner_id: str, course_id: str | None = None) -> list[Entitlement]:
    partition, prefix = entitlements(learner_id, course_id)
    return [stored.value for stored in context.store.query(partition, prefix, Entitlement)]
