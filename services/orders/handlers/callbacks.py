"""What payment providers tell us. Nobody signs in: the provider's signature over the raw body is the proof."""

from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function
from services.orders import bootstrap_payments
from services.orders.app.context import PaymentContext
from services.orders.app.payments.problems import PAYMENT_PROBLEMS
from services.orders.handlers.routes.payments.callbacks import add_callback_routes


def build_api(ctx: PaymentContext, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi payment callbacks", PAYMENT_PROBLEMS, origin_secret, function="callbacks", raw_bodies=True)
    add_callback_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap_payments.payments(), secret))
