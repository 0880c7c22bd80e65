"""How a course stands for one learner: owned, ordered, to be claimed, to be bought, and at what price."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.entitlement import Basis, Entitlement
from services.orders.domain.order import Order, OrderState
from services.orders.domain.plan import Plan
from services.orders.domain.pricing import Price, price_of


class State(StrEnum):
    """What the course page shows. README.md says which one comes first where several hold."""

    OWNED = "owned"
    IN_PENDING_ORDER = "in_pending_order"
    CLAIMABLE = "claimable"
    IN_CART = "in_cart"
    NOT_OWNED = "not_owned"


class Obstacle(StrEnum):
    """Why a course cannot be claimed."""

    COURSE_WITHDRAWN = "COURSE_WITHDRAWN"
    COURSE_NOT_RECOMMENDED = "COURSE_NOT_RECOMMENDED"
    MEMBERSHIP_REQUIRED = "MEMBERSHIP_REQUIRED"
    ALREADY_CLAIMED = "ALREADY_CLAIMED"


class BuyingObstacle(StrEnum):
    """Why a course cannot be put into the cart or ordered."""

    COURSE_WITHDRAWN = "COURSE_WITHDRAWN"
    ALREADY_OWNED = "ALREADY_OWNED"
    ORDER_PENDING = "ORDER_PENDING"


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


@dataclass(frozen=True)
class Standing:
    """A course for one learner at one instant.

    `plan` is the one that runs; `entitlements` are all that there ever were to the course; `latest_order` is the newest
    order of it, whatever became of that.
    """

    offer: CourseOffer
    plan: Plan | None
    entitlements: Sequence[Entitlement]
    latest_order: Order | None
    now: datetime

    def under(self, plan: Plan) -> "Standing":
        """As it would be with a membership of this plan."""
        return replace(self, plan=plan)

    @property
    def entitlement(self) -> Entitlement | None:
        """The one it is owned by."""
        return next((entitlement for entitlement in self.entitlements if entitlement.valid_at(self.now)), None)

    @property
    def in_library(self) -> bool:
        """Whether the running membership opens the course."""
        opened = self.plan is not None and self.plan.opens_library
        return opened and self.offer.member_library and not self.offer.withdrawn

    @property
    def pending_order(self) -> Order | None:
        """The order that waits for its payment."""
        order = self.latest_order
        return order if order and order.state_at(self.now) is OrderState.OPEN else None

    @property
    def claim_obstacle(self) -> Obstacle | None:
        """Why it cannot be claimed."""
        claimed = any(entitlement.basis is Basis.CLAIM for entitlement in self.entitlements)
        return claim_obstacle(self.offer, self.plan, claimed=claimed)

    @property
    def buying_obstacle(self) -> BuyingObstacle | None:
        """Why it cannot be bought. What a membership opens can be: bought, it stays, and counts against no quota."""
        if self.entitlement or self.claim_obstacle is Obstacle.ALREADY_CLAIMED:
            return BuyingObstacle.ALREADY_OWNED
        if self.offer.withdrawn:
            return BuyingObstacle.COURSE_WITHDRAWN
        return BuyingObstacle.ORDER_PENDING if self.pending_order else None

    @property
    def price(self) -> Price:
        """What it costs this learner."""
        return price_of(self.offer, self.plan)

    def state(self, *, in_cart: bool) -> State:
        """The one thing that the page shows first."""
        ranked = (
            (self.entitlement is not None, State.OWNED),
            (self.pending_order is not None, State.IN_PENDING_ORDER),
            (self.claim_obstacle is None, State.CLAIMABLE),
            (self.in_library, State.OWNED),
            (in_cart, State.IN_CART),
        )
        return next((state for holds, state in ranked if holds), State.NOT_OWNED)
