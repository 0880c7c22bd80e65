"""The player's calls."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret
from services.playback import bootstrap
from services.playback.app.context import Context
from services.playback.app.evidence.problems import EVIDENCE_NOT_FOUND
from services.playback.app.risk.problems import RISK_PROBLEMS
from services.playback.app.watching.problems import WATCHING_PROBLEMS
from services.playback.handlers.routes.watching import add_watching_routes


def build_api(ctx: Context, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", (*WATCHING_PROBLEMS, EVIDENCE_NOT_FOUND, *RISK_PROBLEMS), origin_secret)
    add_watching_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.context(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
