"""Codes by short message and mail. A function of its own: it alone carries providers' libraries, and may send codes.

It knows of no account: what it answers cannot depend on one.
"""

from services.credits import bootstrap
from services.credits.app.context import CodesContext
from services.credits.app.identities.problems import IDENTITY_PROBLEMS
from services.credits.handlers.routes.identities import add_code_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function


def build_api(ctx: CodesContext, origin_secret: OriginSecret) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", IDENTITY_PROBLEMS, origin_secret, function="codes")
    add_code_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.codes(), secret))
