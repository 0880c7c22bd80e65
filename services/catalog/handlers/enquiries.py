"""What learners ask, and what staff answer."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap
from services.catalog.app.context import Context
from services.catalog.app.enquiries.problems import ENQUIRY_PROBLEMS
from services.catalog.app.problems import COURSE_NOT_FOUND, PERSON_ERASED, TOO_OFTEN
from services.catalog.handlers.routes.enquiries import add_enquiry_list_routes, add_enquiry_routes
from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret


def build_api(ctx: Context, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    problems = (COURSE_NOT_FOUND, *ENQUIRY_PROBLEMS, PERSON_ERASED, TOO_OFTEN)
    api = HttpApi("Xueshi catalog", problems, origin_secret)
    add_enquiry_list_routes(api.app, ctx)
    add_enquiry_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.catalog(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
