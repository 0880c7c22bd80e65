"""What providers call once something was paid."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from services.kit.http import correlation_id, public, raw_body
from services.orders.app.context import PaymentContext
from services.orders.app.payments.problems import NOTIFICATION_REFUSED
from services.orders.app.payments.receive_notification import receive_notification
from services.orders.domain.payment import ProviderName, RawNotification

_CALLBACK = public("callbacks")


def add_callback_routes(app: APIGatewayHttpResolver, ctx: PaymentContext) -> None:
    """A route for each provider, which acknowledges in the words that it wants."""

    @app.post(
        "/v1/orders/payment-callbacks/wechat",
        operation_id="receive_wechat_notification",
        summary="A notification of WeChat Pay",
        response_description="Taken; an empty answer acknowledges it",
        **_CALLBACK,
    )
    def wechat() -> Response[Any]:
        _receive(app, ctx, ProviderName.WECHAT)
        return Response(HTTPStatus.NO_CONTENT.value, body="")

    @app.post(
        "/v1/orders/payment-callbacks/alipay",
        operation_id="receive_alipay_notification",
        summary="A notification of Alipay",
        response_description="Taken; this one word acknowledges it",
        **_CALLBACK,
    )
    def alipay() -> Response[Any]:
        _receive(app, ctx, ProviderName.ALIPAY)
        return Response(HTTPStatus.OK.value, "text/plain", "success")


def _receive(app: APIGatewayHttpResolver, ctx: PaymentContext, name: ProviderName) -> None:
    provider = ctx.provider(name)
    if provider is None:
        raise NOTIFICATION_REFUSED.problem()
    headers = {name.lower(): value for name, value in app.current_event.headers.items()}
    receive_notification(ctx, provider, RawNotification(headers, raw_body(app)), correlation_id(app))
