"""Open Badges. A function of its own: only it may sign."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.attestations.problems import DOCUMENT_PROBLEMS
from services.credits.app.context import BadgesContext
from services.credits.handlers.routes.badges import add_badge_routes
from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret


def build_api(ctx: BadgesContext, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", DOCUMENT_PROBLEMS, origin_secret)
    add_badge_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.badges(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
