"""Paying an order: starting its payment, and how that stands, for the page that waits."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.kit.public_url import PublicUrl
from services.kit.wiring.origin import origin_secret
from services.orders import bootstrap_payments
from services.orders.app.context import PaymentContext
from services.orders.app.payments.problems import PAYMENT_PROBLEMS
from services.orders.handlers.routes.payments.own import add_payment_routes


def build_api(ctx: PaymentContext, address: PublicUrl, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes. `address` is where providers reach us."""
    api = HttpApi("Xueshi payments", PAYMENT_PROBLEMS, origin_secret)
    add_payment_routes(api.app, ctx, address)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap_payments.payments(), bootstrap_payments.address(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
