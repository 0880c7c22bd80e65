"""What a paid order gives: entitlements and periods of membership, with their events."""

from dataclasses import dataclass
from datetime import date, datetime

from services.kit.events import Envelope
from services.kit.store import ABSENT, Change, Check, Put, Stored, Write
from services.orders.app.announcements import entitlement_granted, order_paid
from services.orders.app.context import Context
from services.orders.app.coupons.usage import confirm
from services.orders.app.entitlements.items import claim_key, entitlement_key
from services.orders.app.memberships.items import membership_key
from services.orders.app.memberships.memberships import membership_changed, read_versioned
from services.orders.app.ordering.items import LatestOrder, latest_order_key
from services.orders.domain.entitlement import Basis, Claim, Entitlement
from services.orders.domain.order import Goods, Line, Order, OrderState, PaidBy, PriceReason


@dataclass(frozen=True)
class _Given:
    """What one line gives, by its id."""

    grant_id: str
    write: Write
    event: Envelope


def plan_grant(context: Context, order: Stored[Order], paid_at: datetime, paid_by: PaidBy | None) -> Change | None:
    """Gives what was ordered; None where the order is past it or something else has taken its place since.

    An order that has expired is revived: what it reserves is checked or taken anew in the same transaction, so it makes
    no difference whether it expired a second or a day ago, and whether somebody wrote that down. A price for members
    was promised until it expired: later, it needs the membership that it was promised on, and one that runs.
    """
    if order.value.state not in (OrderState.OPEN, OrderState.EXPIRED):
        return None
    now = context.clock.now()
    checks = _checks(context, order.value)
    usage = confirm(context, order.value)
    price = _hold_price(context, order.value, now)
    if checks is None or usage is None or price is None:
        return None
    given = {line.number: _give(context, order.value, line, now) for line in order.value.lines}
    grants = {number: gift.grant_id for number, gift in given.items()}
    paid = order.value.granted(grants, paid_at, paid_by)
    writes = [Put(order.key, paid, order.version), *checks, *usage, *price, *(gift.write for gift in given.values())]
    return Change(writes, [order_paid(context, paid), *(gift.event for gift in given.values())])


def _checks(context: Context, order: Order) -> list[Check] | None:
    """That every line is still this order's to give: no newer order of the course, and not claimed."""
    checks = []
    for line in order.lines:
        key = latest_order_key(order.learner_id, line.goods, line.item_id)
        latest = context.store.get(key, LatestOrder)
        if latest is None or latest.value.order_id != order.order_id:
            return None
        checks.append(Check(key, latest.version))
        if line.goods is Goods.COURSE:
            claim = claim_key(order.learner_id, line.item_id)
            if context.store.get(claim, Claim) is not None:
                return None
            checks.append(Check(claim, ABSENT))
    return checks


def _hold_price(context: Context, order: Order, now: datetime) -> list[Write] | None:
    """What the price for members of an expired order rests on; None where it rests on nothing any more.

    A period that began after the order was placed is not enough: a refund of that period does not look so far back.
    The membership is written, not only checked: a refund of it at the same moment must meet the order.
    """
    as_member = any(line.price_reason is PriceReason.MEMBER for line in order.lines)
    if not as_member or order.state_at(now) is not OrderState.EXPIRED:
        return []
    membership, version = read_versioned(context, order.learner_id)
    if membership.period_at(order.created_at) is None or membership.period_at(now) is None:
        return None
    return [Put(membership_key(order.learner_id), membership, version)]


def _give(context: Context, order: Order, line: Line, now: datetime) -> _Given:
    given = _entitlement if line.goods is Goods.COURSE else _membership
    return given(context, order, line, now)


def _entitlement(context: Context, order: Order, line: Line, now: datetime) -> _Given:
    entitlement = Entitlement(
        entitlement_id=context.ids.new(),
        learner_id=order.learner_id,
        course_id=line.item_id,
        basis=Basis.PURCHASE,
        counts_against_member_quota=False,
        granted_at=now,
        valid_until=None,
        order_id=order.order_id,
    )
    key = entitlement_key(order.learner_id, line.item_id, entitlement.entitlement_id)
    event = entitlement_granted(context, entitlement, order.correlation_id)
    return _Given(entitlement.entitlement_id, Put(key, entitlement), event)


def _membership(context: Context, order: Order, line: Line, now: datetime) -> _Given:
    membership, version = read_versioned(context, order.learner_id)
    plan = context.plans.version(line.item_id, date.fromisoformat(line.item_version))
    extended = membership.extended(plan, now, context.ids.new())
    period = extended.periods[-1]
    event = membership_changed(context, order.learner_id, period, order.correlation_id)
    return _Given(period.id, Put(membership_key(order.learner_id), extended, version), event)
