"""Second factors, sign-ins and what people sign in with. A function of its own: only it administers the user pool."""

from services.credits import bootstrap
from services.credits.app.access.problems import ACCESS_PROBLEMS
from services.credits.app.context import AccessContext
from services.credits.app.identities.problems import IDENTITY_PROBLEMS
from services.credits.handlers.routes.access import add_access_routes
from services.credits.handlers.routes.identities import add_identity_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function


def build_api(ctx: AccessContext, origin_secret: OriginSecret) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", (*ACCESS_PROBLEMS, *IDENTITY_PROBLEMS), origin_secret, function="access")
    add_access_routes(api, ctx)
    add_identity_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.access(), secret))
