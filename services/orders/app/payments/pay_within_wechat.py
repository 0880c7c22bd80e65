"""Paying within WeChat. Who pays, WeChat is asked at that moment: it opens the payment, and is kept nowhere."""

from dataclasses import replace
from datetime import timedelta

from services.kit.call import Call
from services.kit.observability import logger
from services.kit.store import Change, Key, Put, Stored, commit_retrying, required
from services.kit.wechat import WeChatRefused, WeChatUnavailable
from services.orders.app.context import Context, PayingContext
from services.orders.app.payments.items import (
    PayerQuestion,
    PaymentOfOrder,
    order_payment_key,
    payer_question_key,
    read_payment,
)
from services.orders.app.payments.problems import (
    ORDER_NOT_PAYABLE,
    PAYER_NOT_PROVEN,
    PAYMENT_METHOD_UNAVAILABLE,
    PAYMENT_PROVIDER_FAILED,
)
from services.orders.app.payments.start_payment import kept_as_newest, new_payment, open_payment, payable_order
from services.orders.app.ports import Payers
from services.orders.domain.ids import LearnerId, OrderId
from services.orders.domain.payment import (
    Payer,
    Payment,
    PaymentProvider,
    PaymentState,
    ProviderRefused,
    ProviderUnavailable,
    Within,
)

ANSWERED_WITHIN = timedelta(minutes=10)
"""How long WeChat's answer is waited for. It comes at once: nobody has to press anything."""
QUESTION_KEPT = timedelta(hours=1)
"""So long the same answer, sent again, finds the payment that it began. An order waits half an hour."""


def is_paid_within_wechat(ctx: PayingContext) -> bool:
    """Whether people pay within WeChat here."""
    return ctx.payers() is not None


def ask_payer(ctx: PayingContext, call: Call, order_id: OrderId, back_to: str) -> str:
    """Where the browser is to go, so that WeChat says who pays an own open order.

    Raises:
        Problem: ORDER_NOT_PAYABLE, PAYMENT_METHOD_UNAVAILABLE.
    """
    payers, learner_id = _payers(ctx), LearnerId(call.caller_id)
    payable_order(ctx, learner_id, order_id)
    state, now = ctx.ids.new(), ctx.clock.now()
    question = PayerQuestion(learner_id, order_id, now)
    expires_at = int((now + QUESTION_KEPT).timestamp())
    ctx.store.commit(Change([Put(payer_question_key(state), question, expires_at=expires_at)]))
    return payers.page(state, back_to)


def start_within_wechat(
    ctx: PayingContext, call: Call, order_id: OrderId, state: str, code: str, notify_url: str, address: str
) -> Payment:
    """Opens the payment of an own open order by whom WeChat's answer names; the same answer again gives the same one.

    Another answer, which may be of another person, makes another payment; the one before can be paid no more.

    Raises:
        Problem: PAYER_NOT_PROVEN, ORDER_NOT_PAYABLE, PAYMENT_METHOD_UNAVAILABLE, PAYMENT_PROVIDER_FAILED.
        Conflict: others kept writing.
    """
    learner_id = LearnerId(call.caller_id)
    begun = _question(ctx, learner_id, order_id, state).value.number
    if begun:
        return _opened_before(read_payment(ctx, begun).value)
    payers = _payers(ctx)
    provider = required(ctx.provider(Within.WECHAT.method.provider), PAYMENT_METHOD_UNAVAILABLE.problem())
    payable_order(ctx, learner_id, order_id)
    _close_earlier(ctx, provider, order_id)
    payer = Payer(address, _openid(payers, code))
    payment = commit_retrying(ctx.store, lambda: _plan(ctx, learner_id, order_id, state))
    return open_payment(ctx, provider, payment, notify_url, payer)


def _payers(ctx: PayingContext) -> Payers:
    return required(ctx.payers(), PAYMENT_METHOD_UNAVAILABLE.problem())


def _question(ctx: Context, learner_id: LearnerId, order_id: OrderId, state: str) -> Stored[PayerQuestion]:
    """What the caller had WeChat asked of this order. Raises PAYER_NOT_PROVEN: another's, another order's, or over."""
    stored = required(ctx.store.get(payer_question_key(state), PayerQuestion), PAYER_NOT_PROVEN.problem())
    asked = stored.value
    is_over = ctx.clock.now() >= asked.asked_at + (QUESTION_KEPT if asked.number else ANSWERED_WITHIN)
    if (asked.learner_id, asked.order_id) != (learner_id, order_id) or is_over:
        raise PAYER_NOT_PROVEN.problem()
    return stored


def _opened_before(payment: Payment) -> Payment:
    """One that was begun and never opened cannot be: who was to pay it is known no more."""
    if payment.target is None:
        raise PAYER_NOT_PROVEN.problem()
    return payment


def _close_earlier(ctx: Context, provider: PaymentProvider, order_id: OrderId) -> None:
    """So that nobody pays twice. One that was paid, though nobody has told us yet, pays the order."""
    pointer = ctx.store.get(_key(order_id), PaymentOfOrder)
    earlier = read_payment(ctx, pointer.value.number).value if pointer else None
    if earlier is None or earlier.state is not PaymentState.OPEN or earlier.target is None:
        return
    try:
        provider.close(earlier.number)
    except ProviderRefused as refused:
        raise ORDER_NOT_PAYABLE.problem() from refused
    except ProviderUnavailable as error:
        raise PAYMENT_PROVIDER_FAILED.problem() from error


def _openid(payers: Payers, code: str) -> str:
    try:
        return payers.openid(code)
    except WeChatRefused:
        raise PAYER_NOT_PROVEN.problem() from None
    except WeChatUnavailable as error:
        logger().warning("WeChat does not say who pays", said=str(error))
        raise PAYMENT_PROVIDER_FAILED.problem() from None


def _plan(ctx: Context, learner_id: LearnerId, order_id: OrderId, state: str) -> tuple[Change, Payment]:
    question = _question(ctx, learner_id, order_id, state)
    if question.value.number:
        raise PAYER_NOT_PROVEN.problem()
    order = payable_order(ctx, learner_id, order_id)
    made = replace(new_payment(ctx, order, Within.WECHAT.method), within=Within.WECHAT)
    expires_at = int((question.value.asked_at + QUESTION_KEPT).timestamp())
    key = _key(order_id)
    answered = question.put(replace(question.value, number=made.number), expires_at=expires_at)
    return Change([answered, *kept_as_newest(made, key, ctx.store.get(key, PaymentOfOrder))]), made


def _key(order_id: OrderId) -> Key:
    return order_payment_key(order_id, Within.WECHAT.method, Within.WECHAT)
