"""Quotes and orders of the caller. Prices are the server's; a request can only say which it expects."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import Field

from services.kit.bodies import Request
from services.kit.http import call_of, secured
from services.kit.identity import Role
from services.orders.app.context import Context
from services.orders.app.ordering.close_order import cancel_order
from services.orders.app.ordering.place_order import order_courses
from services.orders.app.ordering.quote import quote_courses
from services.orders.app.ordering.read_orders import known_order, list_orders
from services.orders.domain.order import MAX_LINES, Order
from services.orders.handlers.routes.fields import CouponCode, CourseId, ExpectedFen, OrderId, learner_id
from services.orders.handlers.routes.ordering.answers import (
    OrderAnswer,
    OrdersAnswer,
    QuoteAnswer,
    order_answer,
    priced_line,
)

MAX_PAGE = 20

CourseIds = Annotated[
    list[CourseId],
    Field(min_length=1, max_length=MAX_LINES, description="the cart's selection, or one to buy now; each counts once"),
]


class QuoteRequest(Request):
    """What would these courses cost?"""

    course_ids: CourseIds
    coupon_code: CouponCode | None = None


class OrderRequest(QuoteRequest):
    """Order these courses."""

    expected_fen: ExpectedFen


def add_order_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """Ordering courses, and looking after own orders."""
    _add_placing(app, ctx)
    _add_own(app, ctx)


def _add_placing(app: APIGatewayHttpResolver, ctx: Context) -> None:
    @app.post(
        "/v1/orders/quotes",
        operation_id="quote_order",
        summary="What an order of courses would cost the caller now",
        **secured(Role.LEARNER),
    )
    def quote(request: Annotated[QuoteRequest, Body()]) -> QuoteAnswer:
        found = quote_courses(ctx, learner_id(app), request.course_ids, request.coupon_code)
        return QuoteAnswer(
            lines=[priced_line(line) for line in found.lines],
            coupon_code=found.coupon_code,
            discount_fen=sum(line.discount_fen for line in found.lines),
            amount_fen=found.amount_fen,
        )

    @app.post(
        "/v1/orders/orders",
        status_code=201,
        operation_id="place_order",
        summary="Order courses; one that costs nothing is granted at once",
        **secured(Role.LEARNER, idempotent=True),
    )
    def place(request: Annotated[OrderRequest, Body()]) -> OrderAnswer:
        order = order_courses(ctx, call_of(app), request.course_ids, request.coupon_code, request.expected_fen)
        return order_answer(order, ctx.clock.now())


def _add_own(app: APIGatewayHttpResolver, ctx: Context) -> None:
    learner = secured(Role.LEARNER)

    def answer(order: Order) -> OrderAnswer:
        return order_answer(order, ctx.clock.now())

    @app.get("/v1/orders/orders", operation_id="list_orders", summary="The caller's orders, newest first", **learner)
    def mine(
        after: Annotated[OrderId | None, Query(description="the earlier page's `after`")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
    ) -> OrdersAnswer:
        page = list_orders(ctx, learner_id(app), after, limit)
        return OrdersAnswer(orders=[answer(order) for order in page.items], after=page.after)

    @app.get("/v1/orders/orders/<order_id>", operation_id="read_order", summary="An own order", **learner)
    def read(order_id: Annotated[OrderId, Path()]) -> OrderAnswer:
        return answer(known_order(ctx, order_id, learner_id(app)).value)

    @app.put(
        "/v1/orders/orders/<order_id>/cancellation",
        operation_id="cancel_order",
        summary="Give up an own order that was not paid",
        **learner,
    )
    def cancel(order_id: Annotated[OrderId, Path()]) -> OrderAnswer:
        return answer(cancel_order(ctx, call_of(app), order_id))
