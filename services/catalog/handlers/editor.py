"""What editors do: produce courses, upload media, publish, withdraw."""

from services.catalog import bootstrap_production
from services.catalog.app.context import ProductionContext
from services.catalog.app.media.problems import MEDIA_PROBLEMS
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.app.productions.problems import PRODUCTION_PROBLEMS
from services.catalog.app.publishing.problems import PUBLISHING_PROBLEMS
from services.catalog.handlers.routes.media import add_media_routes
from services.catalog.handlers.routes.productions import add_production_routes
from services.catalog.handlers.routes.publishing import add_publishing_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function

MAX_BODY_BYTES = 3 * 1024 * 1024
"""A course's text (256 KB) and a list of 15,000 media files."""


def build_api(ctx: ProductionContext, origin_secret: OriginSecret) -> HttpApi:
    """The editors' routes."""
    problems = (COURSE_NOT_FOUND, *PUBLISHING_PROBLEMS, *MEDIA_PROBLEMS, *PRODUCTION_PROBLEMS)
    api = HttpApi("Xueshi catalog", problems, origin_secret, MAX_BODY_BYTES, function="editor")
    add_media_routes(api, ctx)
    add_publishing_routes(api, ctx)
    add_production_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap_production.production(), secret))
