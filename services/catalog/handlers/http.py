"""What everybody may read."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap
from services.catalog.app.context import Context
from services.catalog.app.ports import CourseSearch
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.handlers.routes.caching import answer_not_modified
from services.catalog.handlers.routes.courses import add_course_routes
from services.catalog.handlers.routes.reviews import add_review_routes
from services.catalog.handlers.routes.search import add_search_routes
from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret


def build_api(ctx: Context, search: CourseSearch, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The public routes."""
    api = HttpApi("Xueshi catalog", (COURSE_NOT_FOUND,), origin_secret)
    answer_not_modified(api.app)
    add_course_routes(api.app, ctx)
    add_search_routes(api.app, search)
    add_review_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.catalog(), bootstrap.search(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
