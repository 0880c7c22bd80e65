"""The summary of revenue, from the cash book: the same figures for the route, in every export, and in its report."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from services.kit.days import Days
from services.kit.store import Store
from services.orders.app.context import Context
from services.orders.app.courses.items import course_key
from services.orders.app.finance.items import cash_book
from services.orders.app.finance.problems import TOO_MUCH_AT_ONCE
from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.ids import CourseId, PlanId
from services.orders.domain.order import Goods
from services.orders.domain.revenue import Revenue, Takings

MAX_MOVEMENTS = 20_000
"""Of one answer: a second or two. More of them are summed up by an export."""

Titles = Callable[[Goods, str], str]
"""What a course or a plan is called now; its id where nobody knows it any more."""


def sum_up(store: Store, days: Days) -> Revenue:
    """The revenue of some days. Raises TOO_MUCH_AT_ONCE."""
    revenue = Revenue()
    for number, entry in enumerate(cash_book(store, days)):
        if number == MAX_MOVEMENTS:
            raise TOO_MUCH_AT_ONCE.problem(movements=MAX_MOVEMENTS)
        revenue.add(entry.movement)
    return revenue


def titles(ctx: Context, day: date) -> Titles:
    """Titles of courses by their offers, of plans by the version in force on a day."""

    def title(goods: Goods, item_id: str) -> str:
        if goods is Goods.MEMBERSHIP:
            plan = ctx.plans.in_force(PlanId(item_id), day)
            return plan.title if plan else item_id
        offer = ctx.store.get(course_key(CourseId(item_id)), CourseOffer)
        return offer.value.title if offer else item_id

    return title


def revenue_document(revenue: Revenue, days: Days, title: Titles) -> dict[str, Any]:
    """As JSON: amounts in fen; what brought most comes first."""
    return {
        "format": "xueshi-revenue-1",
        "first_day": f"{days.first}",
        "last_day": f"{days.last}",
        "total": _figures(revenue.total),
        "days": [{"day": f"{day}", **_figures(revenue.days.get(day, Takings()))} for day in days],
        "courses": _goods(revenue.goods[Goods.COURSE], Goods.COURSE, title),
        "plans": _goods(revenue.goods[Goods.MEMBERSHIP], Goods.MEMBERSHIP, title),
        "unearned": _figures(revenue.unearned),
    }


def _goods(takings: Mapping[str, Takings], goods: Goods, title: Titles) -> list[dict[str, Any]]:
    ranked = sorted(takings.items(), key=lambda item: (-item[1].net_fen, item[0]))
    return [{"id": item_id, "title": title(goods, item_id), **_figures(taken)} for item_id, taken in ranked]


def _figures(takings: Takings) -> dict[str, int]:
    return {
        "paid_fen": takings.paid_fen,
        "refunded_fen": takings.refunded_fen,
        "net_fen": takings.net_fen,
        "payments": takings.payments,
        "refunds": takings.refunds,
    }
