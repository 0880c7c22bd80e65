"""Starting the payment of an order, and how it stands, for the page that waits for it."""

from dataclasses import replace

from services.kit.call import Call
from services.kit.observability import logger
from services.kit.store import ABSENT, Change, Key, Put, Stored, Write, commit_retrying, required
from services.orders.app.context import Context, PaymentContext
from services.orders.app.items import new_number
from services.orders.app.ordering.items import order_key
from services.orders.app.payments.items import PaymentOfOrder, order_payment_key, payment_key, read_payment
from services.orders.app.payments.problems import (
    ORDER_NOT_PAYABLE,
    PAYMENT_METHOD_UNAVAILABLE,
    PAYMENT_NOT_FOUND,
    PAYMENT_PROVIDER_FAILED,
)
from services.orders.domain.ids import LearnerId, OrderId, PaymentNumber
from services.orders.domain.order import Order, OrderState
from services.orders.domain.payment import (
    Method,
    Payer,
    Payment,
    PaymentProvider,
    PaymentState,
    ProviderName,
    ProviderRefused,
    ProviderUnavailable,
    Target,
)


def start_payment(
    ctx: PaymentContext, call: Call, order_id: OrderId, method: Method, notify_url: str, address: str
) -> Payment:
    """Opens the payment of an own open order by one method; the same one again if it is open already.

    It is kept before the provider hears of it, so no notification is ever about an unknown one.

    Raises:
        Problem: ORDER_NOT_PAYABLE, PAYMENT_METHOD_UNAVAILABLE, PAYMENT_PROVIDER_FAILED.
        Conflict: others kept writing.
    """
    provider = required(ctx.provider(method.provider), PAYMENT_METHOD_UNAVAILABLE.problem())
    payment = commit_retrying(ctx.store, lambda: _plan(ctx, LearnerId(call.caller_id), order_id, method))
    return payment if payment.target else open_payment(ctx, provider, payment, notify_url, Payer(address))


def payment_for(ctx: Context, learner_id: LearnerId, number: PaymentNumber) -> Payment:
    """How an own payment stands. Raises PAYMENT_NOT_FOUND."""
    found = ctx.store.get(payment_key(number), Payment)
    if found is None or found.value.learner_id != learner_id:
        raise PAYMENT_NOT_FOUND.problem()
    return found.value


def methods(ctx: PaymentContext) -> list[Method]:
    """The ways of paying that we have an account for."""
    known = {name for name in ProviderName if ctx.provider(name) is not None}
    return [method for method in Method if method.provider in known]


def _plan(ctx: Context, learner_id: LearnerId, order_id: OrderId, method: Method) -> tuple[Change, Payment]:
    order = payable_order(ctx, learner_id, order_id)
    key = order_payment_key(order_id, method)
    pointer = ctx.store.get(key, PaymentOfOrder)
    known = read_payment(ctx, pointer.value.number) if pointer else None
    if known and known.value.state is not PaymentState.CLOSED:
        return Change(), known.value
    made = new_payment(ctx, order, method)
    return Change(kept_as_newest(made, key, pointer)), made


def kept_as_newest(payment: Payment, key: Key, pointer: Stored[PaymentOfOrder] | None) -> list[Write]:
    """The writes after which a new payment is the order's by its way of paying, in place of the one before."""
    known = pointer or Stored(key, PaymentOfOrder(payment.number), ABSENT)
    return [known.put(replace(known.value, number=payment.number)), Put(payment_key(payment.number), payment)]


def payable_order(ctx: Context, learner_id: LearnerId, order_id: OrderId) -> Order:
    """The own open order. Raises ORDER_NOT_PAYABLE; whether another learner has it, nobody is told."""
    stored = ctx.store.get(order_key(order_id), Order)
    order = stored.value if stored else None
    payable = order and order.learner_id == learner_id and order.state_at(ctx.clock.now()) is OrderState.OPEN
    if order is None or not payable or order.amount_fen == 0:
        raise ORDER_NOT_PAYABLE.problem()
    return order


def new_payment(ctx: Context, order: Order, method: Method) -> Payment:
    """A payment of an order, which the provider has not heard of."""
    return Payment(
        number=PaymentNumber(new_number(ctx)),
        order_id=order.order_id,
        learner_id=order.learner_id,
        method=method,
        amount_fen=order.amount_fen,
        description=_description(order),
        created_at=ctx.clock.now(),
        expires_at=order.expires_at,
    )


def _description(order: Order) -> str:
    """What the payer reads at the provider."""
    first, *others = order.lines
    return f"{first.title} 等{len(order.lines)}项" if others else first.title


def open_payment(ctx: Context, provider: PaymentProvider, payment: Payment, notify_url: str, payer: Payer) -> Payment:
    """Opens a kept payment at the provider, and keeps where it is paid. Raises PAYMENT_PROVIDER_FAILED, Conflict."""
    try:
        target = provider.create(payment, notify_url, payer)
    except ProviderRefused as refused:
        logger().warning("payment not opened", number=payment.number, reason=str(refused))
        raise PAYMENT_PROVIDER_FAILED.problem() from refused
    except ProviderUnavailable as error:
        logger().warning("provider unavailable", number=payment.number, reason=str(error))
        raise PAYMENT_PROVIDER_FAILED.problem() from error
    return commit_retrying(ctx.store, lambda: _keep_target(ctx, payment.number, target))


def _keep_target(ctx: Context, number: PaymentNumber, target: Target) -> tuple[Change, Payment]:
    stored = read_payment(ctx, number)
    if stored.value.target:
        return Change(), stored.value
    kept = replace(stored.value, target=target)
    return Change([stored.put(kept)]), kept
