"""What everybody may read."""

from services.catalog import bootstrap, bootstrap_search
from services.catalog.app.context import Context
from services.catalog.app.ports import CourseSearch
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.handlers.routes.caching import answer_not_modified
from services.catalog.handlers.routes.courses import add_course_routes
from services.catalog.handlers.routes.reviews import add_review_routes
from services.catalog.handlers.routes.search import add_search_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function


def build_api(ctx: Context, search: CourseSearch, origin_secret: OriginSecret) -> HttpApi:
    """The public routes."""
    api = HttpApi("Xueshi catalog", (COURSE_NOT_FOUND,), origin_secret)
    answer_not_modified(api)
    add_course_routes(api, ctx, search)
    add_search_routes(api, search)
    add_review_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.catalog(), bootstrap_search.search(), secret))
