"""Quotes and orders of the caller. Prices are the server's; a request can only say which it expects."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from services.kit.bodies import Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.store import Page
from services.orders.app.context import Context
from services.orders.app.ordering.close_order import cancel_order
from services.orders.app.ordering.place_order import order_courses
from services.orders.app.ordering.quote import quote_courses
from services.orders.app.ordering.read_orders import known_order, list_orders
from services.orders.domain.order import MAX_LINES, Order
from services.orders.handlers.routes.fields import (
    CourseId,
    ExpectedFen,
    LearnerId,
    OrderId,
    TypedCouponCode,
    learner_id,
)
from services.orders.handlers.routes.ordering.answers import OrderAnswer, OrdersAnswer, QuoteAnswer, order_answer

MAX_PAGE = 20
After = Annotated[OrderId | None, Query(description="the earlier page's `after`")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]

CourseIds = Annotated[
    list[CourseId],
    Field(min_length=1, max_length=MAX_LINES, description="the cart's selection, or one to buy now; each counts once"),
]


class QuoteRequest(Request):
    """What would these courses cost?"""

    course_ids: CourseIds
    coupon_code: TypedCouponCode | None = None


class OrderRequest(QuoteRequest):
    """Order these courses."""

    expected_fen: ExpectedFen


def add_order_routes(api: HttpApi, ctx: Context) -> None:
    """Ordering courses, and looking after own orders."""
    learner = api.secured(Role.LEARNER)

    def answer(order: Order) -> OrderAnswer:
        return order_answer(order, ctx.clock.now())

    @learner.route("POST /v1/orders/quotes", "quote_order")
    def quote(request: QuoteRequest) -> QuoteAnswer:
        """What an order of courses would cost the caller now."""
        found = quote_courses(ctx, learner_id(api), request.course_ids, request.coupon_code)
        return QuoteAnswer.of(found, discount_fen=sum(line.discount_fen for line in found.lines))

    @learner.route("POST /v1/orders/orders", "place_order", status_code=201, idempotent=True)
    def place(request: OrderRequest) -> OrderAnswer:
        """Order courses; one that costs nothing is granted at once."""
        return answer(order_courses(ctx, api.call(), request.course_ids, request.coupon_code, request.expected_fen))

    @learner.route("GET /v1/orders/orders/<order_id>", "read_order")
    def read(order_id: OrderId) -> OrderAnswer:
        """An own order."""
        return answer(known_order(ctx, order_id, learner_id(api)).value)

    @learner.route("PUT /v1/orders/orders/<order_id>/cancellation", "cancel_order")
    def cancel(order_id: OrderId) -> OrderAnswer:
        """Give up an own order that was not paid."""
        return answer(cancel_order(ctx, api.call(), order_id))


def add_order_list_routes(api: HttpApi, ctx: Context) -> None:
    """The lists of a learner's orders."""

    def shown(page: Page[Order]) -> OrdersAnswer:
        orders = [order_answer(order, ctx.clock.now()) for order in page.items]
        return OrdersAnswer(orders=orders, after=page.after)

    @api.secured(Role.LEARNER).route("GET /v1/orders/orders", "list_orders")
    def mine(after: After = None, limit: Limit = MAX_PAGE) -> OrdersAnswer:
        """The caller's orders, newest first."""
        return shown(list_orders(ctx, learner_id(api), after, limit))

    @api.secured(Role.ADMINISTRATOR, Role.SUPPORT).route(
        "GET /v1/orders/learners/<learner_id>/orders", "list_learner_orders"
    )
    def of_learner(learner_id: LearnerId, after: After = None, limit: Limit = MAX_PAGE) -> OrdersAnswer:
        """A learner's orders, newest first."""
        return shown(list_orders(ctx, learner_id, after, limit))
