"""Checking a certificate of completion by its code. A function of its own: what strangers call can only read."""

from services.credits import bootstrap
from services.credits.app.attestations.problems import VERIFICATION_PROBLEMS
from services.credits.app.context import Context
from services.credits.handlers.routes.verification import add_verification_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function


def build_api(ctx: Context, origin_secret: OriginSecret) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", VERIFICATION_PROBLEMS, origin_secret, function="verification")
    add_verification_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.context(), secret))
