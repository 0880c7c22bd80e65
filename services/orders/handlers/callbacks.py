"""What payment providers tell us. Nobody signs in: the provider's signature over the raw body is the proof."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret
from services.orders import bootstrap_payments
from services.orders.app.context import PaymentContext
from services.orders.app.payments.problems import PAYMENT_PROBLEMS
from services.orders.handlers.routes.payments.callbacks import add_callback_routes


def build_api(ctx: PaymentContext, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi payment callbacks", PAYMENT_PROBLEMS, origin_secret, raw_bodies=True)
    add_callback_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap_payments.payments(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
