"""The caller's cart."""

from pydantic import Field, StrictInt

from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
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


class CartLineAnswer(Answer):
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


class CartAnswer(Answer):
    """The cart, priced by the server at this moment."""

    version: int = Field(description="grows with every change, from whichever device")
    lines: list[CartLineAnswer] = Field(description="in the order they were added")
    selected: int = Field(description="how many lines are selected and can be ordered")
    total_fen: int = Field(description="what those cost, before any coupon")


def add_cart_routes(api: HttpApi, ctx: Context) -> None:
    """Looking at the cart and changing it; each answers the cart as it is then. Repeating a change changes nothing."""
    learner = api.secured(Role.LEARNER)

    @learner.route("GET /v1/orders/cart", "read_cart")
    def read() -> CartAnswer:
        """The caller's cart."""
        return _cart_answer(show_cart(ctx, learner_id(api)))

    @learner.route("PUT /v1/orders/cart/courses/<course_id>", "add_to_cart")
    def add(course_id: CourseId) -> CartAnswer:
        """Put a course into the cart."""
        return _cart_answer(add_to_cart(ctx, api.call(), course_id))

    @learner.route("DELETE /v1/orders/cart/courses/<course_id>", "remove_from_cart")
    def remove(course_id: CourseId) -> CartAnswer:
        """Take a course out of the cart."""
        return _cart_answer(remove_from_cart(ctx, api.call(), course_id))

    @learner.route("PUT /v1/orders/cart/selection", "select_in_cart")
    def select(request: SelectionRequest) -> CartAnswer:
        """Say which courses of the cart are to be ordered."""
        return _cart_answer(select_in_cart(ctx, api.call(), request.course_ids, request.version))


def _cart_answer(cart: PricedCart) -> CartAnswer:
    lines = [_line_answer(line) for line in cart.lines]
    return CartAnswer.of(cart, lines=lines, selected=sum(line.counts for line in cart.lines))


def _line_answer(priced: PricedLine) -> CartLineAnswer:
    standing = priced.standing
    return CartLineAnswer.of(
        standing.offer,
        priced.line,
        standing.pending_order,
        list_fen=standing.offer.price_fen,
        price_fen=standing.price.fen,
        price_reason=standing.price.reason,
        price_change_fen=standing.price.fen - priced.line.price_fen,
        obstacle=standing.buying_obstacle,
    )
