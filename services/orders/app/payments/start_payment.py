"""Starting the payment of an order, and how it stands, for the page that waits for it."""

from dataclasses import replace

from services.kit.observability import logger
from services.kit.store import ABSENT, Change, Put, commit_retrying
from services.orders.app.context import Context
from services.orders.app.items import new_number
from services.orders.app.ordering.items import order_key
from services.orders.app.payments.items import PaymentOfOrder, order_payment_key, payment_key, read_payment
from services.orders.app.payments.problems import (
    ORDER_NOT_PAYABLE,
    PAYMENT_METHOD_UNAVAILABLE,
    PAYMENT_NOT_FOUND,
    PAYMENT_PROVIDER_FAILED,
)
from services.orders.app.payments.till import Till
from services.orders.domain.order import Order, OrderState
from services.orders.domain.payment import (
    Method,
    Payment,
    PaymentProvider,
    PaymentState,
    ProviderName,
    ProviderRefused,
    ProviderUnavailable,
    Target,
)


def start_payment(
    till: Till, learner_id: str, order_id: str, method: Method, notify_url: str, payer_ip: str
) -> Payment:
    """Opens the payment of an own open order by one method; the same one again if it is open already.

    It is kept before the provider hears of it, so no notification is ever about an unknown one.

    Raises:
        Problem: ORDER_NOT_PAYABLE, PAYMENT_METHOD_UNAVAILABLE, PAYMENT_PROVIDER_FAILED.
        Conflict: others kept writing.
    """
    provider = till.provider(method.provider)
    if provider is None:
        raise PAYMENT_METHOD_UNAVAILABLE.problem()
    payment = commit_retrying(till.context.store, lambda: _plan(till, learner_id, order_id, method))
    return payment if payment.target else _opened(till, provider, payment, notify_url, payer_ip)


def payment_for(context: Context, learner_id: str, number: str) -> Payment:
    """How an own payment stands. Raises PAYMENT_NOT_FOUND."""
    found = read_payment(context, number)
    if found is None or found.value.learner_id != learner_id:
        raise PAYMENT_NOT_FOUND.problem()
    return found.value


def methods(till: Till) -> list[Method]:
    """The ways of paying that we have an account for."""
    known = {name for name in ProviderName if till.provider(name) is not None}
    return [method for method in Method if method.provider in known]


def _plan(till: Till, learner_id: str, order_id: str, method: Method) -> tuple[Change, Payment]:
    store = till.context.store
    order = _payable(till.context, learner_id, order_id)
    key = order_payment_key(order_id, method)
    pointer = store.get(key, PaymentOfOrder)
    known = read_payment(till.context, pointer.value.number) if pointer else None
    if known and known.value.state is not PaymentState.CLOSED:
        return Change(), known.value
    made = _made(till.context, order, method)
    of_order = Put(key, PaymentOfOrder(made.number), pointer.version if pointer else ABSENT)
    return Change([of_order, Put(payment_key(made.number), made)]), made


def _payable(context: Context, learner_id: str, order_id: str) -> Order:
    """The own open order. Whether another learner has it, nobody is told."""
    stored = context.store.get(order_key(order_id), Order)
    order = stored.value if stored else None
    payable = order and order.learner_id == learner_id and order.state_at(context.clock.now()) is OrderState.OPEN
    if order is None or not payable or order.amount_fen == 0:
        raise ORDER_NOT_PAYABLE.problem()
    return order


def _made(context: Context, order: Order, method: Method) -> Payment:
    return Payment(
        number=new_number(context),
        order_id=order.order_id,
        learner_id=order.learner_id,
        method=method,
        amount_fen=order.amount_fen,
        description=_description(order),
        created_at=context.clock.now(),
        expires_at=order.expires_at,
    )


def _description(order: Order) -> str:
    """What the payer reads at the provider."""
    first, *others = order.lines
    return f"{first.title} 等{len(order.lines)}项" if others else first.title


def _opened(till: Till, provider: PaymentProvider, payment: Payment, notify_url: str, payer_ip: str) -> Payment:
    try:
        target = provider.create(payment, notify_url, payer_ip)
    except ProviderRefused as refused:
        logger().warning("payment not opened", number=payment.number, reason=str(refused))
        raise PAYMENT_PROVIDER_FAILED.problem() from refused
    except ProviderUnavailable as error:
        logger().warning("provider unavailable", number=payment.number, reason=str(error))
        raise PAYMENT_PROVIDER_FAILED.problem() from error
    return commit_retrying(till.context.store, lambda: _keep_target(till.context, payment.number, target))


def _keep_target(context: Context, number: str, target: Target) -> tuple[Change, Payment]:
    stored = read_payment(context, number)
    if stored is None:
        raise LookupError(number)
    if stored.value.target:
        return Change(), stored.value
    kept = replace(stored.value, target=target)
    return Change([Put(stored.key, kept, stored.version)]), kept
