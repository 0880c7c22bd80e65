"""Finding learners, and pictures of their certificates. A function of its own: it alone may list the user pool and
read pictures."""

from services.credits import bootstrap
from services.credits.app.context import PeopleContext
from services.credits.app.problems import PEOPLE_PROBLEMS
from services.credits.handlers.routes.lookups import add_lookup_routes
from services.credits.handlers.routes.pictures import add_picture_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function


def build_api(ctx: PeopleContext, origin_secret: OriginSecret) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", PEOPLE_PROBLEMS, origin_secret, function="people")
    add_lookup_routes(api, ctx)
    add_picture_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.people(), secret))
