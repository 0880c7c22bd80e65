"""The caller's cart."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import BaseModel, Field, StrictInt

from services.kit.bodies import Request
from services.kit.http import call_of, secured
from services.kit.identity import Role
from services.orders.app.context import Context
from services.orders.app.ordering.cart import (
    PricedCart,
    PricedLine,
    add_to_cart,
    remove_from_cart,
    select_in_cart,
    show_cart,
)
from services.orders.domain.order import MAX_LINES, PriceReason
from services.orders.domain.purchase_state import BuyingObstacle
from services.orders.handlers.routes.fields import CourseId, learner_id


class SelectionRequest(Request):
    """Select exactly these courses of the cart."""

    version: StrictInt = Field(ge=0, le=2**53, description="of the cart in which they were selected")
    course_ids: list[CourseId] = Field(max_length=MAX_LINES)


class CartLineAnswer(BaseModel):
    """One course in the cart, as it stands now."""

    course_id: str
    title: str
    title_en: str | None
    selected: bool
    list_fen: int
    price_fen: int = Field(description="what the caller pays for it now")
    price_reason: PriceReason
    price_change_fen: int = Field(description="how much more that is than when it was added; negative: less")
    obstacle: BuyingObstacle | None = Field(description="why it cannot be ordered; then it does not count")
    order_id: str | None = Field(description="of ORDER_PENDING: that order")


class CartAnswer(BaseModel):
    """The cart, priced by the server at this moment."""

    version: int = Field(description="grows with every change, from whichever device")
    lines: list[CartLineAnswer] = Field(description="in the order they were added")
    selected: int = Field(description="how many lines are selected and can be ordered")
    total_fen: int = Field(description="what those cost, before any coupon")


def add_cart_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """Looking at the cart and changing it; each answers the cart as it is then. Repeating a change changes nothing."""
    learner = secured(Role.LEARNER)

    @app.get("/v1/orders/cart", operation_id="read_cart", summary="The caller's cart", **learner)
    def read() -> CartAnswer:
        return _cart_answer(show_cart(ctx, learner_id(app)))

    @app.put(
        "/v1/orders/cart/courses/<course_id>",
        operation_id="add_to_cart",
        summary="Put a course into the cart",
        **learner,
    )
    def add(course_id: Annotated[CourseId, Path()]) -> CartAnswer:
        return _cart_answer(add_to_cart(ctx, call_of(app), course_id))

    @app.delete(
        "/v1/orders/cart/courses/<course_id>",
        operation_id="remove_from_cart",
        summary="Take a course out of the cart",
        **learner,
    )
    def remove(course_id: Annotated[CourseId, Path()]) -> CartAnswer:
        return _cart_answer(remove_from_cart(ctx, call_of(app), course_id))

    @app.put(
        "/v1/orders/cart/selection",
        operation_id="select_in_cart",
        summary="Say which courses of the cart are to be ordered",
        **learner,
    )
    def select(request: Annotated[SelectionRequest, Body()]) -> CartAnswer:
        return _cart_answer(select_in_cart(ctx, call_of(app), request.course_ids, request.version))


def _cart_answer(cart: PricedCart) -> CartAnswer:
    return CartAnswer(
        version=cart.version,
        lines=[_line_answer(line) for line in cart.lines],
        selected=sum(line.counts for line in cart.lines),
        total_fen=cart.total_fen,
    )


def _line_answer(priced: PricedLine) -> CartLineAnswer:
    standing = priced.standing
    order = standing.pending_order
    return CartLineAnswer(
        course_id=standing.offer.course_id,
        title=standing.offer.title,
        title_en=standing.offer.title_en,
        selected=priced.line.selected,
        list_fen=standing.offer.price_fen,
        price_fen=standing.price.fen,
        price_reason=standing.price.reason,
        price_change_fen=standing.price.fen - priced.line.price_fen,
        obstacle=standing.buying_obstacle,
        order_id=order.order_id if order else None,
    )
