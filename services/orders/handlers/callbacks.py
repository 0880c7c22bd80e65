"""What payment providers tell us. Nobody signs in: the provider's signature over the raw body is the proof."""

from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi, correlation_id, public, raw_body
from services.orders import bootstrap, bootstrap_payments
from services.orders.app.context import Context
from services.orders.app.payments.problems import NOTIFICATION_REFUSED, PAYMENT_PROBLEMS
from services.orders.app.payments.receive_notification import receive_notification
from services.orders.app.payments.till import Provider
from services.orders.domain.payment import PaymentProvider, ProviderName, RawNotification

_CALLBACK = public("callbacks")


def build_api(context: Context, provider: Provider, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi payment callbacks", PAYMENT_PROBLEMS, origin_secret, raw_bodies=True)
    _add_wechat(api.app, context, provider)
    _add_alipay(api.app, context, provider)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.orders(), bootstrap_payments.provider, bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)


def _add_wechat(app: APIGatewayHttpResolver, context: Context, provider: Provider) -> None:
    @app.post(
        "/v1/orders/payment-callbacks/wechat",
        operation_id="receive_wechat_notification",
        summary="A notification of WeChat Pay",
        response_description="Taken; an empty answer acknowledges it",
        **_CALLBACK,
    )
    def wechat() -> Response[Any]:
        _receive(app, context, provider(ProviderName.WECHAT))
        return Response(HTTPStatus.NO_CONTENT.value, body="")


def _add_alipay(app: APIGatewayHttpResolver, context: Context, provider: Provider) -> None:
    @app.post(
        "/v1/orders/payment-callbacks/alipay",
        operation_id="receive_alipay_notification",
        summary="A notification of Alipay",
        response_description="Taken; this one word acknowledges it",
        **_CALLBACK,
    )
    def alipay() -> Response[Any]:
        _receive(app, context, provider(ProviderName.ALIPAY))
        return Response(HTTPStatus.OK.value, "text/plain", "success")


def _receive(app: APIGatewayHttpResolver, context: Context, provider: PaymentProvider | None) -> None:
    if provider is None:
        raise NOTIFICATION_REFUSED.problem()
    headers = {name.lower(): value for name, value in app.current_event.headers.items()}
    receive_notification(context, provider, RawNotification(headers, raw_body(app)), correlation_id(app))
