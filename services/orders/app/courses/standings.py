"""How courses stand for one learner now, with the versions that it was read at."""

from dataclasses import dataclass

from services.kit.store import Check, Put, Stored, Write
from services.orders.app.context import Context
from services.orders.app.courses.items import course_key
from services.orders.app.entitlements.items import entitlements
from services.orders.app.memberships.items import membership_key
from services.orders.app.memberships.memberships import plan_of, read_versioned
from services.orders.app.ordering.items import LatestOrder, latest_order_key, order_key
from services.orders.app.ordering.problems import BUYING_OBSTACLES
from services.orders.app.problems import COURSE_NOT_FOUND
from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.order import Goods, Order
from services.orders.domain.purchase_state import Standing


@dataclass(frozen=True)
class Found:
    """One course's standing, and the items it was read from."""

    standing: Standing
    offer: Stored[CourseOffer]
    latest: Stored[LatestOrder] | None
    order: Stored[Order] | None


class Standings:
    """Reads standings of courses under the membership that runs now."""

    def __init__(self, context: Context, learner_id: str) -> None:
        self._context = context
        self._learner_id = learner_id
        self.now = context.clock.now()
        self._membership, self._version = read_versioned(context, learner_id)
        self.plan = plan_of(context, self._membership.period_at(self.now))

    def hold_membership(self, *, lends_prices: bool) -> Write:
        """That the membership is still what the standings were read under.

        Written where it lends its prices, not only checked: a refund of it at the same moment must meet the order.
        """
        key = membership_key(self._learner_id)
        return Put(key, self._membership, self._version) if lends_prices else Check(key, self._version)

    def of(self, course_id: str) -> Found:
        """The standing of one course. Raises COURSE_NOT_FOUND."""
        store = self._context.store
        offer = store.get(course_key(course_id), CourseOffer)
        if offer is None:
            raise COURSE_NOT_FOUND.problem(course_id=course_id)
        partition, prefix = entitlements(self._learner_id, course_id)
        owned = [stored.value for stored in store.query(partition, prefix, Entitlement)]
        latest = store.get(latest_order_key(self._learner_id, Goods.COURSE, course_id), LatestOrder)
        order = store.get(order_key(latest.value.order_id), Order) if latest else None
        standing = Standing(offer.value, self.plan, owned, order.value if order else None, self.now)
        return Found(standing, offer, latest, order)


def refuse_unless_buyable(standing: Standing) -> None:
    """Raises COURSE_WITHDRAWN, ALREADY_OWNED or ORDER_PENDING, which name the course."""
    obstacle = standing.buying_obstacle
    if obstacle:
        order = standing.pending_order
        members = {"course_id": standing.offer.course_id} | ({"order_id": order.order_id} if order else {})
        raise BUYING_OBSTACLES[obstacle].problem(**members)
