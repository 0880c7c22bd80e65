"""Placing an order: at the price the learner has seen, once per key, with everything it reserves in one transaction."""

from collections.abc import Callable, Sequence

from services.kit.idempotency import Request, answer_once
from services.kit.store import Change, Put, Write
from services.orders.app.context import Context
from services.orders.app.coupons.usage import hold
from services.orders.app.items import new_number
from services.orders.app.ordering.cart import read_cart
from services.orders.app.ordering.items import LatestOrder, OwnOrder, order_key, own_order_key, read_order
from services.orders.app.ordering.problems import PRICE_CHANGED
from services.orders.app.ordering.quote import Quote, quote_courses, quote_membership
from services.orders.app.payments.record_payment import settle_free
from services.orders.domain.order import PAYMENT_TIME, Goods, Order


def order_courses(
    context: Context,
    learner_id: str,
    course_ids: Sequence[str],
    coupon_code: str | None,
    expected_fen: int,
    idempotency_key: str,
    correlation_id: str,
) -> Order:
    """An order of these courses, which leave the cart with it.

    Raises:
        Problem: whatever `quote_courses` refuses, PRICE_CHANGED, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    content = {"course_ids": list(course_ids), "coupon_code": coupon_code, "expected_fen": expected_fen}
    request = Request(learner_id, idempotency_key, "order_courses", content)
    return _place(context, request, lambda: quote_courses(context, learner_id, course_ids, coupon_code), correlation_id)


def order_membership(
    context: Context, learner_id: str, plan_id: str, expected_fen: int, idempotency_key: str, correlation_id: str
) -> Order:
    """An order of a period of membership, which begins when it is paid, or when the one that runs then ends.

    Raises:
        Problem: PLAN_NOT_FOUND, ORDER_PENDING, PRICE_CHANGED, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    request = Request(learner_id, idempotency_key, "order_membership", {"plan": plan_id, "expected_fen": expected_fen})
    return _place(context, request, lambda: quote_membership(context, learner_id, plan_id), correlation_id)


def _place(context: Context, request: Request, quoted: Callable[[], Quote], correlation_id: str) -> Order:
    """Places it. One of nothing is granted at once; should that fail, the retry or `sweep_orders` does it."""

    def plan() -> tuple[Change, str]:
        quote = quoted()
        if quote.amount_fen != request.content["expected_fen"]:
            raise PRICE_CHANGED.problem(amount_fen=quote.amount_fen)
        order = _order(context, request.caller_id, quote, correlation_id)
        return Change([*quote.holding, *_writes(context, order, quote)]), order.order_id

    order_id = answer_once(context.store, context.clock, request, str, plan)
    if request.content["expected_fen"] == 0:
        settle_free(context, order_id)
    return read_order(context, order_id).value


def _order(context: Context, learner_id: str, quote: Quote, correlation_id: str) -> Order:
    now = context.clock.now()
    return Order(
        order_id=new_number(context),
        learner_id=learner_id,
        lines=quote.lines,
        created_at=now,
        expires_at=now + PAYMENT_TIME,
        correlation_id=correlation_id,
        coupon_code=quote.coupon_code,
    )


def _writes(context: Context, order: Order, quote: Quote) -> list[Write]:
    own = Put(own_order_key(order.learner_id, order.order_id), OwnOrder(order.order_id))
    latest = [Put(before.key, LatestOrder(order.order_id), before.version) for before in quote.replaced]
    cart = read_cart(context, order.learner_id)
    left = cart.value.without([line.item_id for line in order.lines if line.goods is Goods.COURSE])
    taken_out = [Put(cart.key, left, cart.version)] if left != cart.value else []
    return [Put(order_key(order.order_id), order), own, *latest, *taken_out, *hold(order)]
