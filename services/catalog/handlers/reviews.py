"""What learners and moderators do with reviews."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap
from services.catalog.app.context import Context
from services.catalog.app.problems import PERSON_ERASED, TOO_OFTEN
from services.catalog.app.reviews.problems import REVIEW_PROBLEMS
from services.catalog.handlers.routes.reviews import add_moderation_routes, add_own_review_routes
from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret


def build_api(ctx: Context, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi catalog", (*REVIEW_PROBLEMS, PERSON_ERASED, TOO_OFTEN), origin_secret)
    add_own_review_routes(api.app, ctx)
    add_moderation_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.catalog(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
