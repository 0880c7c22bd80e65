"""What a paid order gives: entitlements and periods of membership, with their events."""

from dataclasses import dataclass
from datetime import date, datetime

from services.kit.events import Envelope
from services.kit.store import ABSENT, Change, Check, Stored, Write
from services.orders.app.context import Context
from services.orders.app.coupons.usage import confirm
from services.orders.app.entitlements.give_entitlement import give_entitlement
from services.orders.app.entitlements.items import claim_key
from services.orders.app.memberships.grant_membership import membership_changed
from services.orders.app.memberships.items import stored_membership
from services.orders.app.ordering.items import LatestOrder, latest_order_key
from services.orders.domain.entitlement import Basis, Claim
from services.orders.domain.ids import CourseId, PeriodId, PlanId
from services.orders.domain.order import Goods, Line, Order, OrderState, PriceReason, TradeReference
from services.orders.events.published import OrderPaid, PaidLine


@dataclass(frozen=True)
class _Gift:
    """What one line gives, by its id."""

    grant_id: str
    write: Write
    event: Envelope


def plan_grant(ctx: Context, order: Stored[Order], paid_at: datetime, paid_by: TradeReference | None) -> Change | None:
    """Gives what was ordered; None where the order is past it or something else has taken its place since.

    An order that has expired is revived: what it reserves is checked or taken anew in the same transaction, so it makes
    no difference whether it expired a second or a day ago, and whether somebody wrote that down. A price for members
    was promised until it expired: later, it needs the membership that it was promised on, and one that runs.
    """
    if order.value.state not in (OrderState.OPEN, OrderState.EXPIRED):
        return None
    now = ctx.clock.now()
    checks = _checks(ctx, order.value)
    usage = confirm(ctx, order.value)
    price = _hold_price(ctx, order.value, now)
    if checks is None or usage is None or price is None:
        return None
    gifts = {line.number: _give(ctx, order.value, line, now) for line in order.value.lines}
    grants = {number: gift.grant_id for number, gift in gifts.items()}
    paid = order.value.granted(grants, paid_at, paid_by)
    writes = [order.put(paid), *checks, *usage, *price, *(gift.write for gift in gifts.values())]
    return Change(writes, [_order_paid(ctx, paid), *(gift.event for gift in gifts.values())])


def _checks(ctx: Context, order: Order) -> list[Check] | None:
    """That every line is still this order's to give: no newer order of the course, and not claimed."""
    checks = []
    for line in order.lines:
        key = latest_order_key(order.learner_id, line.goods, line.item_id)
        latest = ctx.store.get(key, LatestOrder)
        if latest is None or latest.value.order_id != order.order_id:
            return None
        checks.append(Check(key, latest.version))
        if line.goods is Goods.COURSE:
            claim = claim_key(order.learner_id, CourseId(line.item_id))
            if ctx.store.get(claim, Claim) is not None:
                return None
            checks.append(Check(claim, ABSENT))
    return checks


def _hold_price(ctx: Context, order: Order, now: datetime) -> list[Write] | None:
    """What the price for members of an expired order rests on; None where it rests on nothing any more.

    A period that began after the order was placed is not enough: a refund of that period does not look so far back.
    The membership is written, not only checked: a refund of it at the same moment must meet the order.
    """
    as_member = any(line.price_reason is PriceReason.MEMBER for line in order.lines)
    if not as_member or order.state_at(now) is not OrderState.EXPIRED:
        return []
    stored = stored_membership(ctx, order.learner_id)
    if stored.value.period_at(order.created_at) is None or stored.value.period_at(now) is None:
        return None
    return [stored.put(stored.value)]


def _give(ctx: Context, order: Order, line: Line, now: datetime) -> _Gift:
    if line.goods is Goods.MEMBERSHIP:
        return _give_membership(ctx, order, line, now)
    entitlement, write, event = give_entitlement(
        ctx, order.learner_id, CourseId(line.item_id), Basis.PURCHASE, order.correlation_id, order.order_id
    )
    return _Gift(entitlement.entitlement_id, write, event)


def _give_membership(ctx: Context, order: Order, line: Line, now: datetime) -> _Gift:
    stored = stored_membership(ctx, order.learner_id)
    plan = ctx.plans.version(PlanId(line.item_id), date.fromisoformat(line.item_version))
    extended = stored.value.extended(plan, now, PeriodId(ctx.ids.new()))
    period = extended.periods[-1]
    event = membership_changed(ctx, order.learner_id, period, order.correlation_id)
    return _Gift(period.id, stored.put(extended), event)


def _order_paid(ctx: Context, order: Order) -> Envelope:
    """A paid order, with what it brought."""
    paid_by = order.paid_by
    data = OrderPaid(
        order_id=order.order_id,
        learner_id=order.learner_id,
        amount_fen=order.amount_fen,
        coupon_code=order.coupon_code,
        placed_at=order.created_at,
        paid_at=order.paid_at,
        provider=paid_by.provider if paid_by else None,
        payment_number=paid_by.payment_number if paid_by else None,
        trade_no=paid_by.trade_no if paid_by else None,
        lines=[PaidLine.model_validate(line, from_attributes=True) for line in order.lines],
    )
    return ctx.events.make(data, subject=order.order_id, correlation_id=order.correlation_id)
