"""Completed watches as xAPI statements, for the learner and for auditors. It only reads, and holds no key."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret
from services.playback import bootstrap
from services.playback.app.context import StatementsContext
from services.playback.handlers.routes.statements import add_statements_routes


def build_api(ctx: StatementsContext, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", (), origin_secret)
    add_statements_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.statements(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
