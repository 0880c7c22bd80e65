"""Paying an order: starting its payment, and how that stands, for the page that waits."""

from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.public_url import PublicUrl
from services.kit.wiring.http import http_function
from services.orders import bootstrap_payments
from services.orders.app.context import PayingContext
from services.orders.app.payments.problems import PAYMENT_PROBLEMS
from services.orders.handlers.routes.payments.own import add_payment_routes


def build_api(ctx: PayingContext, address: PublicUrl, origin_secret: OriginSecret) -> HttpApi:
    """The routes. `address` is where providers reach us."""
    api = HttpApi("Xueshi payments", PAYMENT_PROBLEMS, origin_secret, function="pay")
    add_payment_routes(api, ctx, address)
    return api


handler = http_function(lambda secret: build_api(bootstrap_payments.paying(), bootstrap_payments.address(), secret))
