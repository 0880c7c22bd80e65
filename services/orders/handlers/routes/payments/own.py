"""Payments of the caller's orders."""

from datetime import datetime
from ipaddress import ip_address
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import BaseModel, Field

from services.kit.http import call_of, secured
from services.kit.identity import Role
from services.kit.public_url import PublicUrl
from services.orders.app.context import PaymentContext
from services.orders.app.payments.start_payment import methods, payment_for, start_payment
from services.orders.domain.ids import PaymentNumber
from services.orders.domain.payment import Method, Payment, PaymentState
from services.orders.handlers.routes.fields import NUMBER, OrderId, learner_id

Number = Annotated[PaymentNumber, Field(strict=True, pattern=NUMBER, description="the payment's number")]
CALLBACK = "/v1/orders/payment-callbacks/{provider}"
UNKNOWN_ADDRESS = "127.0.0.1"

_LEARNER = secured(Role.LEARNER, function="pay")


class PaymentAnswer(BaseModel):
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


class MethodsAnswer(BaseModel):
    """The ways of paying that are available."""

    methods: list[Method]


def add_payment_routes(app: APIGatewayHttpResolver, ctx: PaymentContext, address: PublicUrl) -> None:
    """Paying, and what the page that waits asks. `address` is where providers reach us."""
    _add_start(app, ctx, address)
    _add_reading(app, ctx)


def _add_start(app: APIGatewayHttpResolver, ctx: PaymentContext, address: PublicUrl) -> None:
    @app.put(
        "/v1/orders/orders/<order_id>/payments/<method>",
        operation_id="start_payment",
        summary="Start the payment of an own open order; the same payment again for the same method",
        **_LEARNER,
    )
    def start(order_id: Annotated[OrderId, Path()], method: Annotated[Method, Path()]) -> PaymentAnswer:
        notify_url = f"{address()}{CALLBACK.format(provider=method.provider)}"
        return _answer(start_payment(ctx, call_of(app), order_id, method, notify_url, _payer_address(app)))


def _add_reading(app: APIGatewayHttpResolver, ctx: PaymentContext) -> None:
    @app.get(
        "/v1/orders/payments/<payment_number>",
        operation_id="read_payment",
        summary="How an own payment stands",
        **_LEARNER,
    )
    def read(payment_number: Annotated[Number, Path()]) -> PaymentAnswer:
        return _answer(payment_for(ctx, learner_id(app), payment_number))

    @app.get(
        "/v1/orders/payment-methods",
        operation_id="list_payment_methods",
        summary="The ways of paying that are available",
        **_LEARNER,
    )
    def available() -> MethodsAnswer:
        return MethodsAnswer(methods=methods(ctx))


def _payer_address(app: APIGatewayHttpResolver) -> str:
    """The payer's address, for WeChat Pay: what the distribution saw, the last but the distribution's own."""
    seen = [part.strip() for part in app.current_event.headers.get("x-forwarded-for", "").split(",")]
    for found in seen[-2:]:
        try:
            return str(ip_address(found))
        except ValueError:
            continue
    return UNKNOWN_ADDRESS


def _answer(payment: Payment) -> PaymentAnswer:
    target = payment.target
    return PaymentAnswer(
        number=payment.number,
        order_id=payment.order_id,
        method=payment.method,
        state=payment.state,
        amount_fen=payment.amount_fen,
        expires_at=payment.expires_at,
        paid_at=payment.paid_at,
        qr_content=target.qr_content if target else None,
        url=target.url if target else None,
    )
