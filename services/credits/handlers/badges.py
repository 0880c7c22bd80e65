"""Open Badges. A function of its own: only it may sign."""

from services.credits import bootstrap
from services.credits.app.attestations.problems import DOCUMENT_PROBLEMS
from services.credits.app.context import BadgesContext
from services.credits.handlers.routes.badges import add_badge_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function


def build_api(ctx: BadgesContext, origin_secret: OriginSecret) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", DOCUMENT_PROBLEMS, origin_secret, function="badges")
    add_badge_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.badges(), secret))
