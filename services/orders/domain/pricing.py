"""What a learner pays for a course, and why."""

from dataclasses import dataclass

from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.order import PriceReason
from services.orders.domain.plan import Plan


@dataclass(frozen=True)
class Price:
    """Fen, and why this many."""

    fen: int
    reason: PriceReason


def price_of(offer: CourseOffer, plan: Plan | None) -> Price:
    """The price for a learner whose membership of this plan runs, or for one without: never more than the list price.

    The course's own price for members comes before the plan's discount, which is rounded down to the fen. One that is
    no lower than the list price is none: the catalogue cannot publish a course without.
    """
    if plan is not None:
        fen = offer.price_fen if offer.member_price_fen is None else offer.member_price_fen
        if fen >= offer.price_fen:
            fen = offer.price_fen - offer.price_fen * plan.member_discount_percent // 100
        if fen < offer.price_fen:
            return Price(fen, PriceReason.MEMBER)
    return Price(offer.price_fen, PriceReason.LIST)
