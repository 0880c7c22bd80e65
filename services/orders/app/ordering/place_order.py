"""Placing an order: at the price the learner has seen, once per key, with everything it reserves in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from services.kit.call import Call
from services.kit.idempotency import Request, answer_once
from services.kit.observability import count
from services.kit.store import Change, Put, Write
from services.orders.app.context import Context
from services.orders.app.coupons.usage import hold
from services.orders.app.items import new_number
from services.orders.app.metrics import ORDERS
from services.orders.app.ordering.items import OwnOrder, order_key, own_order_key, read_cart, read_order
from services.orders.app.ordering.problems import PRICE_CHANGED
from services.orders.app.ordering.quote import Quote, quote_courses, quote_membership
from services.orders.app.payments.record_payment import settle_free
from services.orders.domain.ids import CourseId, LearnerId, OrderId, PlanId
from services.orders.domain.order import PAYMENT_TIME, Goods, Order


def order_courses(
    ctx: Context, call: Call, course_ids: Sequence[CourseId], coupon_code: str | None, expected_fen: int
) -> Order:
    """An order of these courses, which leave the cart with it.

    Raises:
        Problem: whatever `quote_courses` refuses, PRICE_CHANGED, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    asked = {"course_ids": list(course_ids), "coupon_code": coupon_code}
    request = call.request("order_courses", **asked, expected_fen=expected_fen)
    return _place(ctx, call, request, lambda: quote_courses(ctx, LearnerId(call.caller_id), course_ids, coupon_code))


def order_membership(ctx: Context, call: Call, plan_id: PlanId, expected_fen: int) -> Order:
    """An order of a period of membership, which begins when it is paid, or when the one that runs then ends.

    Raises:
        Problem: PLAN_NOT_FOUND, ORDER_PENDING, PRICE_CHANGED, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    request = call.request("order_membership", plan=plan_id, expected_fen=expected_fen)
    return _place(ctx, call, request, lambda: quote_membership(ctx, LearnerId(call.caller_id), plan_id))


def _place(ctx: Context, call: Call, request: Request, quoted: Callable[[], Quote]) -> Order:
    """Places it. One of nothing is granted at once; should that fail, the retry or `sweep_orders` does it."""

    placed: list[Order] = []

    def plan() -> tuple[Change, str]:
        placed.clear()
        quote = quoted()
        if quote.amount_fen != request.content["expected_fen"]:
            raise PRICE_CHANGED.problem(amount_fen=quote.amount_fen)
        order = _order(ctx, call, quote)
        placed.append(order)
        return Change([*quote.holding, *_writes(ctx, order, quote)]), order.order_id

    order_id = OrderId(answer_once(ctx.store, ctx.clock, request, str, plan))
    if placed:
        count(ORDERS)
    if request.content["expected_fen"] == 0:
        settle_free(ctx, order_id)
    return read_order(ctx, order_id).value


def _order(ctx: Context, call: Call, quote: Quote) -> Order:
    now = ctx.clock.now()
    return Order(
        order_id=OrderId(new_number(ctx)),
        learner_id=LearnerId(call.caller_id),
        lines=quote.lines,
        created_at=now,
        expires_at=now + PAYMENT_TIME,
        correlation_id=call.correlation_id,
        coupon_code=quote.coupon_code,
    )


def _writes(ctx: Context, order: Order, quote: Quote) -> list[Write]:
    own = Put(own_order_key(order.learner_id, order.order_id), OwnOrder(order.order_id))
    latest = [before.put(replace(before.value, order_id=order.order_id)) for before in quote.replaced]
    cart = read_cart(ctx, order.learner_id)
    left = cart.value.without([CourseId(line.item_id) for line in order.lines if line.goods is Goods.COURSE])
    taken_out = [cart.put(left)] if left != cart.value else []
    return [Put(order_key(order.order_id), order), own, *latest, *taken_out, *hold(order)]
