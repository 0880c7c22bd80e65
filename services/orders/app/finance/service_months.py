"""What memberships that were paid, or taken back, bring in each month of their service: deferred revenue."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.kit.days import Days
from services.kit.store import Store, required
from services.orders.app.finance.items import CashEntry, cash_book
from services.orders.app.memberships.items import membership_key
from services.orders.app.ordering.items import order_key
from services.orders.domain.deferral import by_month
from services.orders.domain.ids import PeriodId
from services.orders.domain.membership import Membership, Period
from services.orders.domain.movement import Share
from services.orders.domain.order import Goods, Line, Order
from services.orders.domain.payment import LineKind


@dataclass(frozen=True)
class ServiceMonth:
    """The part of a membership's price that is earned in one civil month (2026-03); negative where it went back."""

    entry: CashEntry
    line: Line
    period: Period
    month: str
    amount_fen: int


def service_months(store: Store, days: Days) -> Iterator[ServiceMonth]:
    """Of the money for memberships that moved on the days; the service's months may be later, and years away.

    The period is read as it stands now: one that was bought to follow on another begins earlier once that is refunded.
    """
    for entry in cash_book(store, days):
        for share in entry.movement.shares:
            if share.goods is Goods.MEMBERSHIP:
                yield from _months(store, entry, share)


def _months(store: Store, entry: CashEntry, share: Share) -> Iterator[ServiceMonth]:
    order_id = entry.movement.order_id
    order = required(store.get(order_key(order_id), Order), LookupError(order_id)).value
    # An order has one line of membership at most.
    line = next(line for line in order.lines if line.goods is Goods.MEMBERSHIP)
    membership = required(store.get(membership_key(order.learner_id), Membership), LookupError(order.learner_id)).value
    period = membership.period(PeriodId(line.grant_id or ""))
    sign = 1 if entry.movement.kind is LineKind.PAYMENT else -1
    for month, part in by_month(share.amount_fen, period.valid_from, period.valid_until):
        yield ServiceMonth(entry, line, period, month, sign * part)
