"""What learners and moderators do with reviews."""

from services.catalog import bootstrap
from services.catalog.app.context import Context
from services.catalog.app.problems import PERSON_ERASED, TOO_OFTEN
from services.catalog.app.reviews.problems import REVIEW_PROBLEMS
from services.catalog.handlers.routes.reviews import add_moderation_routes, add_own_review_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function


def build_api(ctx: Context, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi catalog", (*REVIEW_PROBLEMS, PERSON_ERASED, TOO_OFTEN), origin_secret, function="reviews")
    add_own_review_routes(api, ctx)
    add_moderation_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.catalog(), secret))
