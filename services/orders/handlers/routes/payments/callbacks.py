"""What providers call once something was paid."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from services.kit.http import HttpApi
from services.kit.routes import correlation_id, raw_body
from services.orders.app.context import PaymentContext
from services.orders.app.payments.problems import NOTIFICATION_REFUSED
from services.orders.app.payments.receive_notification import receive_notification
from services.orders.domain.payment import ProviderName, RawNotification


def add_callback_routes(api: HttpApi, ctx: PaymentContext) -> None:
    """A route for each provider, which acknowledges in the words that it wants."""
    anybody = api.public()

    @anybody.route(
        "POST /v1/orders/payment-callbacks/wechat",
        "receive_wechat_notification",
        response_description="Taken; an empty answer acknowledges it",
    )
    def wechat() -> Response[Any]:
        """A notification of WeChat Pay."""
        _receive(api, ctx, ProviderName.WECHAT)
        return Response(HTTPStatus.NO_CONTENT.value, body="")

    @anybody.route(
        "POST /v1/orders/payment-callbacks/alipay",
        "receive_alipay_notification",
        response_description="Taken; this one word acknowledges it",
    )
    def alipay() -> Response[Any]:
        """A notification of Alipay."""
        _receive(api, ctx, ProviderName.ALIPAY)
        return Response(HTTPStatus.OK.value, "text/plain", "success")


def _receive(api: HttpApi, ctx: PaymentContext, name: ProviderName) -> None:
    provider = ctx.provider(name)
    if provider is None:
        raise NOTIFICATION_REFUSED.problem()
    headers = {name.lower(): value for name, value in api.app.current_event.headers.items()}
    receive_notification(ctx, provider, RawNotification(headers, raw_body(api.app)), correlation_id(api.app))
