"""How a course stands for one learner, and whether it may be claimed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.entitlement import Basis, Entitlement
from services.orders.domain.plan import Plan


class State(StrEnum):
    """What the course page shows."""

    OWNED = "owned"
    CLAIMABLE = "claimable"
    NOT_OWNED = "not_owned"


class Obstacle(StrEnum):
    """Why a course cannot be claimed."""

    COURSE_WITHDRAWN = "COURSE_WITHDRAWN"
    COURSE_NOT_RECOMMENDED = "COURSE_NOT_RECOMMENDED"
    MEMBERSHIP_REQUIRED = "MEMBERSHIP_REQUIRED"
    ALREADY_CLAIMED = "ALREADY_CLAIMED"


@dataclass(frozen=True)
class PurchaseState:
    """The page's state: `obstacle` says why a course that is not owned is not claimable either."""

    state: State
    entitlement: Entitlement | None = None
    obstacle: Obstacle | None = None


def claim_obstacle(offer: CourseOffer, plan: Plan | None, *, claimed: bool) -> Obstacle | None:
    """Why a learner with this running plan may not claim the course; None where nothing stands against it."""
    if claimed:
        return Obstacle.ALREADY_CLAIMED
    if offer.withdrawn:
        return Obstacle.COURSE_WITHDRAWN
    if not offer.member_recommended:
        return Obstacle.COURSE_NOT_RECOMMENDED
    if plan is None or not plan.member_recommended_claims:
        return Obstacle.MEMBERSHIP_REQUIRED
    return None


def purchase_state(
    offer: CourseOffer, plan: Plan | None, entitlements: Sequence[Entitlement], now: datetime
) -> PurchaseState:
    """The state from all of a learner's entitlements to the course, ended ones included."""
    valid = [entitlement for entitlement in entitlements if entitlement.valid_at(now)]
    if valid:
        return PurchaseState(State.OWNED, entitlement=valid[0])
    claimed = any(entitlement.basis is Basis.CLAIM for entitlement in entitlements)
    obstacle = claim_obstacle(offer, plan, claimed=claimed)
    return PurchaseState(State.NOT_OWNED if obstacle else State.CLAIMABLE, obstacle=obstacle)
