"""Payments of the caller's orders."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.kit.bodies import Answer
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.public_url import PublicUrl
from services.kit.routes import caller_address
from services.orders.app.context import PaymentContext
from services.orders.app.payments.start_payment import methods, payment_for, start_payment
from services.orders.domain.ids import PaymentNumber
from services.orders.domain.payment import Method, Payment, PaymentState
from services.orders.handlers.routes.fields import NUMBER, OrderId, learner_id

Number = Annotated[PaymentNumber, Field(strict=True, pattern=NUMBER, description="the payment's number")]
CALLBACK = "/v1/orders/payment-callbacks/{provider}"
UNKNOWN_ADDRESS = "127.0.0.1"


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


class MethodsAnswer(Answer):
    """The ways of paying that are available."""

    methods: list[Method]


def add_payment_routes(api: HttpApi, ctx: PaymentContext, address: PublicUrl) -> None:
    """Paying, and what the page that waits asks. `address` is where providers reach us."""
    learner = api.secured(Role.LEARNER)

    @learner.route("PUT /v1/orders/orders/<order_id>/payments/<method>", "start_payment")
    def start(order_id: OrderId, method: Method) -> PaymentAnswer:
        """Start the payment of an own open order; the same payment again for the same method."""
        notify_url = f"{address()}{CALLBACK.format(provider=method.provider)}"
        payer = caller_address(api.app) or UNKNOWN_ADDRESS
        return _answer(start_payment(ctx, api.call(), order_id, method, notify_url, payer))

    @learner.route("GET /v1/orders/payments/<payment_number>", "read_payment")
    def read(payment_number: Number) -> PaymentAnswer:
        """How an own payment stands."""
        return _answer(payment_for(ctx, learner_id(api), payment_number))

    @learner.route("GET /v1/orders/payment-methods", "list_payment_methods")
    def available() -> MethodsAnswer:
        """The ways of paying that are available."""
        return MethodsAnswer(methods=methods(ctx))


def _answer(payment: Payment) -> PaymentAnswer:
    return PaymentAnswer.of(payment, payment.target)
