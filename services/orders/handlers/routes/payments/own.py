"""Payments of the caller's orders."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.public_url import PublicUrl
from services.kit.routes import caller_address
from services.orders.app.context import PayingContext
from services.orders.app.payments.pay_within_wechat import ask_payer, is_paid_within_wechat, start_within_wechat
from services.orders.app.payments.start_payment import methods, payment_for, start_payment
from services.orders.domain.ids import PaymentNumber
from services.orders.domain.payment import Method, Payment, PaymentState, ProviderName, Within
from services.orders.handlers.routes.fields import NUMBER, OrderId, learner_id

Number = Annotated[PaymentNumber, Field(strict=True, pattern=NUMBER, description="the payment's number")]
CALLBACK = "/v1/orders/payment-callbacks/{provider}"
PAY_PAGE = "/orders/{order_id}/pay"
"""The client's page, to which WeChat sends browsers back."""
UNKNOWN_ADDRESS = "127.0.0.1"
WeChatText = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9._~-]{1,512}$")]


class PaymentAnswer(Answer):
    """A payment of an own order. Ask again every few seconds until its state is `paid` or `closed`."""

    number: str
    order_id: str
    method: Method
    state: PaymentState
    amount_fen: int
    expires_at: datetime = Field(description="from when it cannot be paid any more")
    paid_at: datetime | None
    qr_content: str | None = Field(description="of a code to scan: what the code holds")
    url: str | None = Field(description="of a page to pay on: where to go")
    within: Within | None = Field(
        description="paid in this app's own browser, by start_payment_within_wechat; `method` is then the nearest one"
    )
    bridge: dict[str, str] | None = Field(
        description="within WeChat: what WeixinJSBridge's getBrandWCPayRequest is given, as it is. "
        "What the bridge says afterwards proves nothing: ask for the payment's state"
    )


class PayerPageAnswer(Answer):
    """Where to go in WeChat's browser; it comes back to `/orders/{order_id}/pay` with `state` and `code` at once."""

    url: str


class PayerRequest(Request):
    """What WeChat sent the browser back with."""

    state: WeChatText
    code: WeChatText


class MethodsAnswer(Answer):
    """The ways of paying that are available."""

    methods: list[Method]
    within_wechat: bool = Field(
        description="whether people pay in WeChat's own browser, by ask_payer and start_payment_within_wechat"
    )


def add_payment_routes(api: HttpApi, ctx: PayingContext, address: PublicUrl) -> None:
    """Paying, and what the page that waits asks. `address` is where providers reach us."""
    learner = api.secured(Role.LEARNER)

    def notify_url(provider: ProviderName) -> str:
        return f"{address()}{CALLBACK.format(provider=provider)}"

    def payer_address() -> str:
        return caller_address(api.app) or UNKNOWN_ADDRESS

    @learner.route("PUT /v1/orders/orders/<order_id>/payments/<method>", "start_payment")
    def start(order_id: OrderId, method: Method) -> PaymentAnswer:
        """Start the payment of an own open order; the same payment again for the same method."""
        told = notify_url(method.provider)
        return _answer(start_payment(ctx, api.call(), order_id, method, told, payer_address()))

    @learner.route("POST /v1/orders/orders/<order_id>/payer-pages", "ask_payer")
    def ask(order_id: OrderId) -> PayerPageAnswer:
        """In WeChat's browser: where it goes, so that WeChat says who pays an own open order."""
        back_to = f"{address()}{PAY_PAGE.format(order_id=order_id)}"
        return PayerPageAnswer(url=ask_payer(ctx, api.call(), order_id, back_to))

    @learner.route("PUT /v1/orders/orders/<order_id>/payment-within-wechat", "start_payment_within_wechat")
    def within(order_id: OrderId, request: PayerRequest) -> PaymentAnswer:
        """Start the payment by whom WeChat named; the same payment again for the same answer of WeChat's."""
        told, answer = notify_url(ProviderName.WECHAT), (request.state, request.code)
        return _answer(start_within_wechat(ctx, api.call(), order_id, *answer, told, payer_address()))

    @learner.route("GET /v1/orders/payments/<payment_number>", "read_payment")
    def read(payment_number: Number) -> PaymentAnswer:
        """How an own payment stands."""
        return _answer(payment_for(ctx, learner_id(api), payment_number))

    @learner.route("GET /v1/orders/payment-methods", "list_payment_methods")
    def available() -> MethodsAnswer:
        """The ways of paying that are available."""
        return MethodsAnswer(methods=methods(ctx), within_wechat=is_paid_within_wechat(ctx))


def _answer(payment: Payment) -> PaymentAnswer:
    return PaymentAnswer.of(payment, payment.target)
