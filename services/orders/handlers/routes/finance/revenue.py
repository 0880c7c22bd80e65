"""The summary of revenue for finance."""

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from services.kit.bodies import Answer, Day
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.orders.app.context import Context
from services.orders.app.finance.exports import exportable
from services.orders.app.finance.revenue import revenue_document, sum_up, titles
from services.orders.domain.export import MAX_DAYS


class FiguresAnswer(Answer):
    """Amounts in fen, and of how many movements of money they are the sum."""

    paid_fen: int
    refunded_fen: int
    net_fen: int
    payments: int
    refunds: int


class DayFiguresAnswer(FiguresAnswer):
    """One civil day's."""

    day: date


class GoodsFiguresAnswer(FiguresAnswer):
    """One course's or plan's."""

    id: str
    title: str


class RevenueAnswer(Answer):
    """What came in and went back on some days. The totals are those of the exports' payments and refunds."""

    first_day: date
    last_day: date
    total: FiguresAnswer
    days: list[DayFiguresAnswer] = Field(description="every day, in order")
    courses: list[GoodsFiguresAnswer] = Field(description="what brought most comes first")
    plans: list[GoodsFiguresAnswer]
    unearned: FiguresAnswer = Field(description="what came for nothing, such as an order paid twice, and went back")


def add_revenue_routes(api: HttpApi, ctx: Context) -> None:
    """The route."""

    @api.secured(Role.FINANCE).route("GET /v1/orders/revenue", "read_revenue")
    def revenue(
        first_day: Annotated[Day, Query(description="Asia/Shanghai")],
        last_day: Annotated[Day, Query(description=f"included; at most {MAX_DAYS} days, none after today")],
    ) -> RevenueAnswer:
        """Revenue per day, per course and per membership plan."""
        days = exportable(ctx, first_day, last_day)
        found = revenue_document(sum_up(ctx.store, days), days, titles(ctx, last_day))
        return RevenueAnswer.model_validate(found)
