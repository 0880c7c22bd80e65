"""Quotes and orders of the caller. Prices are the server's; a request can only say which it expects."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import Field

from services.kit.bodies import Request
from services.kit.http import caller, correlation_id, idempotency_key, secured
from services.kit.identity import Role
from services.orders.app.context import Context
from services.orders.app.ordering.own_orders import cancel_order, list_orders, own_order
from services.orders.app.ordering.place_order import order_courses
from services.orders.app.ordering.quote import quote_courses
from services.orders.domain.order import MAX_LINES, Order
from services.orders.handlers.routes.fields import CouponCode, CourseId, ExpectedFen, OrderId
from services.orders.handlers.routes.order_views import (
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


def add_order_routes(app: APIGatewayHttpResolver, context: Context) -> None:
    """Ordering courses, and looking after own orders."""
    _add_placing(app, context)
    _add_own(app, context)


def _add_placing(app: APIGatewayHttpResolver, context: Context) -> None:
    @app.post(
        "/v1/orders/quotes",
        operation_id="quote_order",
        summary="What an order of courses would cost the caller now",
        **secured(Role.LEARNER),
    )
    def quote(request: Annotated[QuoteRequest, Body()]) -> QuoteAnswer:
        found = quote_courses(context, caller(app).id, request.course_ids, request.coupon_code)
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
        order = order_courses(
            context,
            caller(app).id,
            request.course_ids,
            request.coupon_code,
            request.expected_fen,
            idempotency_key(app),
            correlation_id(app),
        )
        return order_answer(order, context.clock.now())


def _add_own(app: APIGatewayHttpResolver, context: Context) -> None:
    learner = secured(Role.LEARNER)

    def answer(order: Order) -> OrderAnswer:
        return order_answer(order, context.clock.now())

    @app.get("/v1/orders/orders", operation_id="list_orders", summary="The caller's orders, newest first", **learner)
    def mine(
        after: Annotated[OrderId | None, Query(description="the earlier page's `after`")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
    ) -> OrdersAnswer:
        page = list_orders(context, caller(app).id, after, limit)
        return OrdersAnswer(orders=[answer(order) for order in page.orders], after=page.after)

    @app.get("/v1/orders/orders/<order_id>", operation_id="read_order", summary="An own order", **learner)
    def read(order_id: Annotated[OrderId, Path()]) -> OrderAnswer:
        return answer(own_order(context, caller(app).id, order_id).value)

    @app.put(
        "/v1/orders/orders/<order_id>/cancellation",
        operation_id="cancel_order",
        summary="Give up an own order that was not paid",
        **learner,
    )
    def cancel(order_id: Annotated[OrderId, Path()]) -> OrderAnswer:
        return answer(cancel_order(context, caller(app).id, order_id))
