"""What an order would cost a learner now; refusing what they cannot have."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.kit.days import civil_day
from services.kit.store import ABSENT, Check, Stored, Write
from services.orders.app.context import Context
from services.orders.app.coupons.apply_coupon import apply_coupon
from services.orders.app.courses.read_state import (
    StandingItems,
    hold_membership,
    read_shopper,
    read_standing,
    refuse_unless_buyable,
)
from services.orders.app.entitlements.items import claim_key
from services.orders.app.memberships.problems import PLAN_NOT_FOUND
from services.orders.app.ordering.items import LatestOrder, latest_order, order_key
from services.orders.app.ordering.problems import ORDER_PENDING
from services.orders.domain.ids import CouponCode, CourseId, LearnerId, PlanId
from services.orders.domain.order import Goods, Line, Order, OrderState, PriceReason
from services.orders.domain.purchase_state import Standing


@dataclass(frozen=True)
class Quote:
    """Lines at the prices of now.

    `replaced` are the newest orders of what is on them, so that there is one open order of each; `holding` are the
    writes without which an order must not be placed: nothing that the quote rests on has changed, the coupon is
    reserved.
    """

    lines: tuple[Line, ...]
    coupon_code: CouponCode | None
    replaced: Sequence[Stored[LatestOrder]]
    holding: Sequence[Write]

    @property
    def amount_fen(self) -> int:
        """What is to be paid."""
        return sum(line.due_fen for line in self.lines)


def quote_courses(
    ctx: Context, learner_id: LearnerId, course_ids: Sequence[CourseId], coupon_code: str | None
) -> Quote:
    """Courses, each once however often it is named.

    An order does not hold the courses' offers: it is placed at the prices that were read a moment before, and many
    learners may order one course at once without meeting each other.

    Raises:
        Problem: COURSE_NOT_FOUND, COURSE_WITHDRAWN, ALREADY_OWNED, ORDER_PENDING, or of the coupon.
    """
    shopper = read_shopper(ctx, learner_id)
    found = [read_standing(ctx, shopper, course_id) for course_id in dict.fromkeys(course_ids)]
    for one in found:
        refuse_unless_buyable(one.standing)
    lines = tuple(_course_line(number, one.standing) for number, one in enumerate(found, 1))
    as_member = any(line.price_reason is PriceReason.MEMBER for line in lines)
    holding = [hold_membership(shopper, lends_prices=as_member), *_settled(learner_id, found)]
    replaced = [one.latest for one in found]
    if coupon_code is None:
        return Quote(lines, None, replaced, holding)
    code, discounted, reserved = apply_coupon(ctx, learner_id, coupon_code, lines)
    return Quote(discounted, code, replaced, [*holding, *reserved])


def quote_membership(ctx: Context, learner_id: LearnerId, plan_id: PlanId) -> Quote:
    """One period of membership. Raises PLAN_NOT_FOUND, ORDER_PENDING."""
    now = ctx.clock.now()
    plan = ctx.plans.in_force(plan_id, civil_day(now))
    if plan is None or plan.price_fen is None:
        raise PLAN_NOT_FOUND.problem(plan=plan_id)
    latest = latest_order(ctx, learner_id, Goods.MEMBERSHIP, plan.id)
    order = ctx.store.get(order_key(latest.value.order_id), Order)
    if order and order.value.state_at(now) is OrderState.OPEN:
        raise ORDER_PENDING.problem(order_id=order.value.order_id)
    line = Line(
        number=1,
        goods=Goods.MEMBERSHIP,
        item_id=plan.id,
        item_version=plan.effective_from.isoformat(),
        title=plan.title,
        title_en=plan.title_en,
        list_fen=plan.price_fen,
        price_fen=plan.price_fen,
        price_reason=PriceReason.LIST,
    )
    return Quote((line,), None, [latest], [])


def _course_line(number: int, standing: Standing) -> Line:
    offer, price = standing.offer, standing.price
    return Line(
        number=number,
        goods=Goods.COURSE,
        item_id=offer.course_id,
        item_version=str(offer.sequence),
        title=offer.title,
        title_en=offer.title_en,
        list_fen=offer.price_fen,
        price_fen=price.fen,
        price_reason=price.reason,
    )


def _settled(learner_id: LearnerId, found: Sequence[StandingItems]) -> list[Check]:
    """That nothing was claimed meanwhile, and no earlier order of a course revived by a late payment."""
    orders = {one.order.key: one.order for one in found if one.order}
    claims = [Check(claim_key(learner_id, one.standing.offer.course_id), ABSENT) for one in found]
    return [*claims, *(Check(order.key, order.version) for order in orders.values())]
