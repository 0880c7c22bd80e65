"""The devices that learners are told on. A function of its own: it knows who we are to push services."""

from services.credits import bootstrap
from services.credits.app.context import DevicesContext
from services.credits.app.push.problems import PUSH_PROBLEMS
from services.credits.handlers.routes.push import add_push_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function


def build_api(ctx: DevicesContext, origin_secret: OriginSecret) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", PUSH_PROBLEMS, origin_secret, function="devices")
    add_push_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.devices(), secret))
