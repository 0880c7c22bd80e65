"""What reviewers see and do: completed watches with risk signals. A function of its own: it holds no key."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret
from services.playback import bootstrap
from services.playback.app.context import RiskContext
from services.playback.app.risk.problems import RISK_PROBLEMS
from services.playback.handlers.routes.risk import add_risk_routes


def build_api(ctx: RiskContext, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", RISK_PROBLEMS, origin_secret)
    add_risk_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.risk(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
